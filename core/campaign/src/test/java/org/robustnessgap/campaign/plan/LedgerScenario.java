package org.robustnessgap.campaign.plan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;

/** A ledger without campaigns, and the sending of what is due. */
abstract class LedgerScenario {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final KeptReports reports = new KeptReports();
  final Ledger ledger = new Ledger(Path.of("."), reports);

  static JobId attack(String classifier, long firstOrdinal) {
    return new JobId("c", JobKind.ATTACK, classifier, firstOrdinal);
  }

  void assertRefused(Campaign campaign, String what) {
    assertThatThrownBy(() -> ledger.apply(campaign))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Campaign c")
        .hasMessageContaining(what);
  }

  JobId sendOne(Instant now) {
    JobId id = ledger.due(now).orElseThrow().job().id();
    ledger.sent(id, now);
    return id;
  }

  List<Job> sendAll(Instant now) {
    List<Job> jobs = new ArrayList<>();
    for (Optional<Ledger.Due> due = ledger.due(now); due.isPresent(); due = ledger.due(now)) {
      jobs.add(due.get().job());
      ledger.sent(due.get().job().id(), now);
    }
    return jobs;
  }
}
