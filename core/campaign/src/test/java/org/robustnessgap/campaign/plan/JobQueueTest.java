package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LatentBatch;

class JobQueueTest {
  private static final Campaign CAMPAIGN =
      Campaigns.withTransfer(
          Campaigns.of("q", Campaigns.sampling(14L, null, 1), Campaigns.smoothness(5), "b", "a"),
          3);

  @Test
  void jobsAreThoseOfTheLedgerInItsOrder() {
    Ledger ledger = new Ledger(Path.of("."), new KeptReports());
    ledger.apply(CAMPAIGN);
    List<Job> sent = new ArrayList<>();
    for (Optional<Ledger.Due> due = ledger.due(Instant.EPOCH);
        due.isPresent();
        due = ledger.due(Instant.EPOCH)) {
      sent.add(due.get().job());
      ledger.sent(due.get().job().id(), Instant.EPOCH);
      ledger.answered(due.get().job().id());
    }

    JobQueue queue =
        new JobQueue(
            CAMPAIGN,
            new LatentSampler(CAMPAIGN.sampling().seed(), CAMPAIGN.generator().latentDimension()));

    assertThat(all(queue)).isEqualTo(sent).hasSize(3 + 2 * 4 + 2);
    assertThat(queue.samples()).isEqualTo(5 + 2 * 14 + 3);
  }

  @Test
  void givenLatentsAreJudgedButSmoothnessIsOfDrawnOnes() {
    LatentSource given =
        (first, count) -> new LatentBatch(first, 3, new float[Math.multiplyExact(count, 3)]);

    for (Job job : all(new JobQueue(CAMPAIGN, given))) {
      boolean zero =
          job.latents().equals(given.draw(job.id().firstOrdinal(), job.latents().count()));
      assertThat(zero).as(job.id().toString()).isEqualTo(job.id().kind() != JobKind.SMOOTHNESS);
    }
  }

  @Test
  void whatNeverEndsIsRefused() {
    Campaign endless = Campaigns.of("q", Campaigns.sampling(null, null, 1), null, "a");

    assertThatThrownBy(() -> new JobQueue(endless, new LatentSampler(7, 3)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Campaign q never ends; give it a number of samples.");
  }

  private static List<Job> all(JobQueue queue) {
    List<Job> jobs = new ArrayList<>();
    for (Optional<Job> job = queue.poll(); job.isPresent(); job = queue.poll()) {
      jobs.add(job.get());
    }
    return jobs;
  }
}
