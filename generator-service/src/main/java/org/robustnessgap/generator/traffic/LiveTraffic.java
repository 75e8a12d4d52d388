package org.robustnessgap.generator.traffic;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.robustnessgap.campaign.plan.Ledger;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.messages.Window;
import org.robustnessgap.traffic.TrafficWindow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The campaigns of live traffic of a generator: starts and stops their readers, gives what is drawn
 * to the ledger, and says what went wrong. Used by one thread.
 */
public final class LiveTraffic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveTraffic.class);

  private final TrafficWatches watches;
  private final TrafficMetrics metrics;

  /** Why topics cannot be read, as far as it was reported, by campaign. */
  private final Map<String, String> reported = new HashMap<>();

  /** How often in a row, by campaign. */
  private final Map<String, Integer> failures = new HashMap<>();

  private Set<String> followed = Set.of();

  public LiveTraffic(TrafficConsumers consumers, Clock clock, TrafficMetrics metrics) {
    this.watches = new TrafficWatches(consumers, clock);
    this.metrics = metrics;
  }

  /**
   * One round.
   *
   * @param ledger that knows everything that happened before
   * @param service who gives up what is lost
   * @return what is to be written to {@code job-failures}
   */
  public List<JobFailure> step(Ledger ledger, Instant now, String service) {
    Map<String, Campaign> campaigns = ledger.traffic();
    watches.follow(campaigns);
    followed.stream().filter(id -> !campaigns.containsKey(id)).forEach(this::forget);
    followed = Set.copyOf(campaigns.keySet());
    List<JobFailure> failed = new ArrayList<>();
    for (JobFailure.GivenUp lost : ledger.takeLost(now, service)) {
      metrics.lost(lost.jobId().campaign(), lost.samples());
      failed.add(lost);
    }
    for (Optional<TrafficWatches.Told> told; (told = watches.poll()).isPresent(); ) {
      Campaign campaign = campaigns.get(told.get().campaign());
      if (campaign != null) {
        told.get().event().tell(new Desk(campaign, ledger, failed));
      }
    }
    return failed;
  }

  private void forget(String campaign) {
    LOG.info("campaign {} no longer reads its topic", campaign);
    metrics.stopped(campaign);
    reported.remove(campaign);
    failures.remove(campaign);
  }

  /** Hears what is said of one campaign. */
  private final class Desk implements TrafficEvent.Listener {
    private final Campaign campaign;
    private final Ledger ledger;
    private final List<JobFailure> failed;

    Desk(Campaign campaign, Ledger ledger, List<JobFailure> failed) {
      this.campaign = campaign;
      this.ledger = ledger;
      this.failed = failed;
    }

    @Override
    public void reading(List<Window> held) {
      LOG.info("campaign {} reads topic {}", campaign.id(), topic().name());
      metrics.reading(campaign.id(), 0);
      reported.remove(campaign.id());
      failures.remove(campaign.id());
      ledger.heldBefore(campaign.id(), held);
    }

    @Override
    public void drawn(TrafficWindow window, Consumer<List<Window>> taken) {
      if (!ledger.traffic().containsKey(campaign.id())) {
        // It came to its end with the window before.
        return;
      }
      boolean accepted = ledger.offer(campaign.id(), window.samples());
      taken.accept(ledger.held(campaign.id()));
      metrics.counted(campaign.id(), window.counts());
      metrics.drawn(campaign.id(), window.samples().size(), accepted);
      if (!accepted) {
        LOG.warn(
            "campaign {}: the window from {} is dropped, as the workers have not taken those before",
            campaign.id(),
            window.start());
      }
      if (window.refusal() != null) {
        LOG.warn(
            "campaign {}: {} records of the window from {} were refused, for instance: {}",
            campaign.id(),
            window.counts().refused(),
            window.start(),
            window.refusal().reason());
        failed.add(window.refusal());
      }
    }

    @Override
    public void failed(String reason) {
      metrics.reading(campaign.id(), failures.merge(campaign.id(), 1, Integer::sum));
      if (!reason.equals(reported.put(campaign.id(), reason))) {
        String sentence =
            String.format(
                "Campaign %s cannot read topic %s: %s%s It is tried again.",
                campaign.id(), topic().name(), reason, reason.endsWith(".") ? "" : ".");
        LOG.warn(sentence);
        failed.add(new JobFailure.Refused(topic().name(), 0, 0, sentence, ""));
      }
    }

    private TrafficTopic topic() {
      return Objects.requireNonNull(Objects.requireNonNull(campaign.data()).topic());
    }
  }

  @Override
  public void close() {
    watches.close();
  }
}
