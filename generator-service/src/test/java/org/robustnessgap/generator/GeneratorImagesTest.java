package org.robustnessgap.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;

import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.plan.Campaigns;
import org.robustnessgap.campaign.plan.GreyPictures;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.service.kafka.Records;

/** Campaigns of images, of which the ledger's own tests have the rest. */
class GeneratorImagesTest extends GeneratorScenario {
  private static final Campaign CAMPAIGN =
      GreyPictures.campaign("pictures", sampling(8L, null, 100), "a");

  @Test
  void jobsCarryImagesWithTheirNames() throws Exception {
    Path folder = GreyPictures.folder(images.resolve("pictures"), 8);
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    assertThat(topics.get(Topic.LATENT_SAMPLES))
        .hasSize(2)
        .extracting(found -> Records.read(found, Job.class).latents().name(3))
        .containsExactly(GreyPictures.name(folder, 3), GreyPictures.name(folder, 7));
    assertThat(refusals()).isEmpty();
  }

  @Test
  void absentImagesAreReportedOnceAndAskedForWithTheNextApplication() throws Exception {
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    write(Topic.CAMPAIGNS, "d", Campaigns.of("d", sampling(4L, null, 9), null, "a"));
    start(NOW);
    settle();
    assertThat(sent()).containsExactly("d/attack/a/0");
    assertThat(refusals())
        .singleElement()
        .satisfies(
            refused -> {
              assertThat(refused.key()).isEqualTo("campaigns/0/0");
              assertThat(refused.reason())
                  .contains("There is no file or folder")
                  .endsWith("Nothing more of campaign c is sent until it is applied again.");
            });
    assertThat(topics.get(Topic.CAMPAIGNS)).hasSize(2);

    start(NOW.plusSeconds(1));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(refusals()).hasSize(1);

    GreyPictures.folder(images.resolve("pictures"), 8);
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    settle();
    assertThat(sent()).containsExactly("c/attack/a/0", "c/attack/a/4");
  }

  @Test
  void aRestartedBodyRefusesOtherImagesThanThoseOnTheLog() throws Exception {
    GreyPictures.folder(images.resolve("pictures"), 8);
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    start(NOW);
    settle();
    sent();
    GreyPictures.write(images.resolve("pictures"), 2, 99);
    String changed = GreyPictures.name(images.resolve("pictures"), 2);

    start(NOW.plusSeconds(60));
    settle();
    assertThat(sent()).isEmpty();
    assertThat(refusals()).singleElement().asString().contains("Image 2", changed);
    body.close();
  }

  @Test
  void aCampaignWithoutEndIsRefusedAndTheNextIsFollowed() throws Exception {
    GreyPictures.folder(images.resolve("pictures"), 8);
    write(Topic.CAMPAIGNS, "c", GreyPictures.campaign("pictures", sampling(null, null, 100), "a"));
    start(NOW);
    settle();
    assertThat(refusals()).singleElement().asString().contains("give it a number of samples");
    write(Topic.CAMPAIGNS, "c", CAMPAIGN);
    settle();
    assertThat(sent()).hasSize(2);
    assertThat(topics.get(Topic.CAMPAIGNS)).extracting(ConsumerRecord::key).hasSize(2);
  }
}
