package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.robustnessgap.campaign.plan.Campaigns.sampling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.campaign.sampling.ImageSamples;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.Topic;

/** A ledger whose campaigns are of images. */
final class ImageCampaignTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private KeptReports reports;
  private Ledger ledger;

  @BeforeEach
  void restart() {
    reports = new KeptReports();
    ledger = new Ledger(folder, reports);
  }

  @Test
  void jobsHoldTheImagesByOrdinalWithTheirNames() throws Exception {
    GreyPictures.folder(folder.resolve("a"), 11);
    Campaign campaign = campaign("a", 10L);
    ledger.apply(campaign);

    List<Job> jobs = sendAll();

    assertThat(jobs)
        .extracting(job -> job.id().firstOrdinal())
        .containsExactly(0L, 0L, 4L, 4L, 8L, 8L);
    assertThat(jobs.get(4).latents().count()).isEqualTo(2);
    assertThat(jobs.get(2).latents().name(1)).isEqualTo(GreyPictures.name(folder.resolve("a"), 5));
    assertThat(jobs.get(2).latents().values()[4]).isEqualTo(5 / 255f);
    try (ImageSamples inProcess = ImageSamples.of(campaign, folder, 10)) {
      assertThat(jobs)
          .allSatisfy(
              job ->
                  assertThat(job.latents())
                      .isEqualTo(inProcess.draw(job.id().firstOrdinal(), job.latents().count())));
    }
    assertThat(reports.refused).isEmpty();
  }

  @Test
  void anArchiveIsRefusedUntilItHoldsAsManyAsAreAskedFor() throws Exception {
    GreyPictures.zip(folder.resolve("a.zip"), 9);
    ledger.apply(campaign("a.zip", 10L));

    assertThat(sendAll()).isEmpty();
    assertThat(reports.refused)
        .singleElement()
        .asString()
        .contains("c: There are 9 images", "fewer than the 10 samples of campaign c");
    assertThat(sendAll()).isEmpty();
    assertThat(reports.refused).hasSize(1);

    GreyPictures.zip(folder.resolve("a.zip"), 10);
    ledger.apply(campaign("a.zip", 10L));
    assertThat(sendAll()).hasSize(6);
  }

  @Test
  void imagesThatAreNotThereRefuseTheirCampaignAndNoOther() {
    ledger.apply(campaign("none", 10L));
    ledger.apply(Campaigns.of("other", sampling(4L, null, 9), null, "a"));

    assertThat(sendAll()).extracting(job -> job.id().campaign()).containsExactly("other");
    assertThat(reports.refused).singleElement().asString().contains("There is no file or folder");
  }

  @Test
  void nothingOutsideOfTheFolderIsRead() throws Exception {
    GreyPictures.folder(folder.resolve("outside"), 10);
    Files.createDirectories(folder.resolve("inside"));
    for (String location :
        List.of("../outside", folder.resolve("outside").toString(), "a/../../outside")) {
      restart();
      ledger = new Ledger(folder.resolve("inside"), reports);
      ledger.apply(campaign(location, 10L));
      assertThat(sendAll()).isEmpty();
      assertThat(reports.refused).singleElement().asString().contains("reads none outside of");
    }
    restart();
    ledger.apply(campaign(folder.resolve("outside").toString(), 10L));
    assertThat(sendAll()).hasSize(6);
  }

  @Test
  void aCampaignThatNeverEndsIsRefused() {
    assertThatThrownBy(() -> ledger.apply(campaign("a", null)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("give it a number of samples");
  }

  @Test
  void oneInAHundredMayBeUnusableAndIsNamed() throws Exception {
    Path images = GreyPictures.folder(folder.resolve("a"), 110);
    String broken = GreyPictures.name(images, 50);
    String alsoBroken = GreyPictures.name(images, 60);
    Files.writeString(images.resolve(broken), "no picture");
    ledger.apply(campaign("a", 109L));

    List<Job> jobs = sendAll();

    assertThat(jobs).hasSize(2 * 28);
    assertThat(jobs.get(2 * 12).latents().name(2)).isEqualTo(GreyPictures.name(images, 50));
    assertThat(reports.skipped).singleElement().asString().startsWith("c: " + broken);

    Files.writeString(images.resolve(alsoBroken), "no picture");
    restart();
    ledger.apply(campaign("a", 108L));
    assertThat(sendAll()).isEmpty();
    assertThat(reports.refused).singleElement().asString().contains(broken, alsoBroken);
  }

  @Test
  void anImageThatChangesUnderwayStopsTheCampaign() throws Exception {
    Path images = GreyPictures.folder(folder.resolve("a"), 12);
    ledger.apply(campaign("a", 12L, 1));
    assertThat(sendAll()).hasSize(2);

    GreyPictures.write(images, 6, 200);
    ledger.answered(attack("x", 0));

    assertThat(sendAll()).isEmpty();
    assertThat(reports.refused)
        .singleElement()
        .asString()
        .contains("Image 6", GreyPictures.name(images, 6));
  }

  @Test
  void aRecoveredLedgerResendsExactlyWhatHasNoAnswer() throws Exception {
    GreyPictures.zip(folder.resolve("a.zip"), 12);
    ledger.apply(campaign("a.zip", 12L));
    List<Job> sent = sendAll();

    restart();
    ledger.apply(campaign("a.zip", 12L));
    ledger.answered(attack("x", 4));
    ledger.answered(attack("y", 8));
    recover(sent);

    assertThat(sendAll()).isEmpty();
    List<Job> expected = new ArrayList<>(sent);
    expected.removeIf(job -> job.id().equals(attack("x", 4)) || job.id().equals(attack("y", 8)));
    assertThat(sendAll(NOW.plusSeconds(60))).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void otherImagesThanThoseOnTheLogAreNotMixedWithThem() throws Exception {
    Path images = GreyPictures.folder(folder.resolve("a"), 12);
    ledger.apply(campaign("a", 12L, 1));
    List<Job> sent = sendAll();
    GreyPictures.write(images, 1, 200);

    restart();
    ledger.apply(campaign("a", 12L, 1));
    recover(sent);
    ledger.answered(attack("x", 0));

    assertThat(sendAll()).isEmpty();
    assertThat(reports.refused)
        .singleElement()
        .asString()
        .contains("Image 1", GreyPictures.name(images, 1));

    GreyPictures.write(images, 1, 1);
    ledger.apply(campaign("a", 12L, 1));
    assertThat(sendAll()).extracting(Job::id).containsExactly(attack("x", 4));
  }

  @Test
  void aCampaignThatIsDoneNeedsItsImagesNoMore() throws Exception {
    GreyPictures.folder(folder.resolve("a"), 4);
    ledger.apply(campaign("a", 4L));
    List<Job> sent = sendAll();
    Files.delete(folder.resolve("a").resolve("000.png"));

    restart();
    ledger.apply(campaign("a", 4L));
    recover(sent);
    sent.forEach(job -> ledger.answered(job.id()));

    assertThat(sendAll(NOW.plusSeconds(600))).isEmpty();
    assertThat(reports.refused).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void filesAreClosed() throws Exception {
    GreyPictures.zip(folder.resolve("a.zip"), 12);
    ledger.apply(campaign("a.zip", 8L, 1));
    sendAll();
    assertThat(openFiles()).isEqualTo(1);
    ledger.stop("c");
    assertThat(openFiles()).isZero();

    ledger.apply(campaign("a.zip", 8L, 1));
    for (long ordinal = 0; ordinal < 8; ordinal += 4) {
      sendAll();
      ledger.answered(attack("x", ordinal));
      ledger.answered(attack("y", ordinal));
    }
    sendAll();
    assertThat(openFiles()).isZero();

    ledger.apply(campaign("a.zip", 16L, 1));
    sendAll();
    assertThat(reports.refused).hasSize(1);
    assertThat(openFiles()).isZero();
  }

  private long openFiles() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).endsWith("a.zip");
                } catch (IOException e) {
                  return false;
                }
              })
          .count();
    }
  }

  @Test
  void everyBatchFitsAMessageWhateverItsNames() {
    SamplingPlan large = new SamplingPlan(0, 4064L, null, 4064, 4064, 1, 60);
    String name = "\u0001".repeat(ImageSamples.LONGEST_NAME);
    Campaign fits = GreyPictures.campaign("a", List.of(192), large, "x");
    ledger.apply(fits);
    LatentBatch batch =
        new LatentBatch(0, 192, new float[192 * 4064], Collections.nCopies(4064, name));
    assertThat(
            Json.write(fits.plan(JobKind.ATTACK).orElseThrow().cut(fits, attack("x", 0), batch))
                .length)
        .isLessThan(Topic.LARGEST_MESSAGE_BYTES);
    restart();
    assertThatThrownBy(
            () -> ledger.apply(GreyPictures.campaign("a", List.of(3, 32, 32), large, "x")))
        .hasMessageContaining("no more than 858 images of length 3072 fit a message of 16 MiB");
  }

  private void recover(List<Job> sent) {
    sent.forEach(
        job -> {
          ledger.sent(job.id(), NOW);
          ledger.carried(job);
        });
  }

  private static Campaign campaign(String images, Long samples) {
    return campaign(images, samples, 100);
  }

  private static Campaign campaign(String images, Long samples, int maxJobsInFlight) {
    return GreyPictures.campaign(images, sampling(samples, null, maxJobsInFlight), "x", "y");
  }

  private static JobId attack(String classifier, long firstOrdinal) {
    return new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
  }

  private List<Job> sendAll() {
    return sendAll(NOW);
  }

  /** Images are counted bit by bit, so an empty answer may be followed by others. */
  private List<Job> sendAll(Instant now) {
    List<Job> jobs = new ArrayList<>();
    for (int quiet = 0; quiet < 3; quiet++) {
      for (Optional<Ledger.Due> due = ledger.due(now); due.isPresent(); due = ledger.due(now)) {
        jobs.add(due.get().job());
        ledger.sent(due.get().job().id(), now);
        quiet = 0;
      }
    }
    return jobs;
  }
}
