package org.robustnessgap.deploy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.robustnessgap.campaign.diagnostic.Diagnostics;
import org.robustnessgap.deploy.campaign.CampaignTopic;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.KafkaOptions;
import org.robustnessgap.service.kafka.KafkaClients;
import org.robustnessgap.service.kafka.Topics;
import org.robustnessgap.serving.ServedModels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Hands a campaign to running services. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:handed in, and not refused within 5 seconds",
      "1:a bug",
      "2:a mistake that you can mend, or refused by the generator service; the campaign in force"
          + " stays"
    },
    description = {
      "Hands a campaign to the services: what to watch, and how.",
      "It becomes the campaign of its id; applying the same file again changes nothing.",
      "Models are not looked at here, but by the workers.",
      "Waits 5 seconds for the generator service to refuse it; many images take longer to be read,",
      "and what is refused then stands on the topic job-failures.",
      "Relative locations of models count from the workers' --models folder, not from the file;",
      "in a cluster that is the folder of the repository or distribution.",
      "Images are read by the generator service, relative locations from its --images folder.",
      "Apply the same file again to have images looked at again that were refused."
    },
    footerHeading = "%nExample:%n",
    footer = "  robustness-gap apply deploy/campaigns/cifar10.json --kafka localhost:9092")
final class ApplyCommand implements Callable<Integer> {
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);
  private static final Duration REFUSAL_PATIENCE = Duration.ofSeconds(5);

  private final Clock clock = Clock.systemUTC();
  private final Duration refusalPatience;

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "CAMPAIGN.json", description = "The campaign.")
  private Path file;

  ApplyCommand() {
    this(REFUSAL_PATIENCE);
  }

  /**
   * @param refusalPatience how long the generator service may take to refuse a campaign
   */
  ApplyCommand(Duration refusalPatience) {
    this.refusalPatience = refusalPatience;
  }

  @Override
  public Integer call() throws InterruptedException {
    Campaign campaign = JsonFile.read(file, Campaign.class, "campaign");
    campaign.classifiers().forEach(ServedModels::requireForm);
    Diagnostics.of(campaign.diagnostics(), campaign.attack(), campaign.inversion());
    KafkaClients clients = new KafkaClients(kafka.settings());
    Topics.ensure(clients, BROKER_PATIENCE);
    String outcome =
        switch (CampaignTopic.apply(clients, campaign, refusalPatience, clock)) {
          case CREATED -> "was created";
          case REPLACED -> "was replaced";
          case UNCHANGED -> "is unchanged";
        };
    System.out.printf("campaign %s %s on topic %s%n", campaign.id(), outcome, Topic.CAMPAIGNS);
    return 0;
  }
}
