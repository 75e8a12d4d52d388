package org.robustnessgap.deploy;

import java.nio.file.Path;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Hands a campaign to running services. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = {
      "Hands a campaign to the services: what to watch, and how.",
      "It becomes the campaign of its id; applying it again changes nothing.",
      "Relative locations of models count from the workers' --models folder."
    },
    footerHeading = "%nExample:%n",
    footer = "  robustness-gap apply deploy/campaigns/cifar10.json --kafka localhost:9092")
final class ApplyCommand implements Callable<Integer> {
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(15);

  @Mixin private KafkaOptions kafka;

  @Parameters(paramLabel = "CAMPAIGN.json", description = "The campaign.")
  private Path file;

  @Override
  public Integer call() throws InterruptedException {
    Campaign campaign = JsonFile.read(file, Campaign.class, "campaign");
    Diagnostics.of(campaign.diagnostics(), campaign.attack());
    KafkaClients clients = new KafkaClients(kafka.settings());
    Topics.ensure(clients, BROKER_PATIENCE);
    String outcome =
        switch (CampaignTopic.apply(clients, campaign)) {
          case CREATED -> "was created";
          case REPLACED -> "was replaced";
          case UNCHANGED -> "is unchanged";
        };
    System.out.printf("campaign %s %s on topic %s%n", campaign.id(), outcome, Topic.CAMPAIGNS);
    return 0;
  }
}
