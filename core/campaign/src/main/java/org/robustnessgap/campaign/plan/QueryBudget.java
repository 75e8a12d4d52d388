package org.robustnessgap.campaign.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;

/**
 * What may still be asked of one served classifier, by all workers together. Jobs under way are
 * reserved in full, so that the limits hold whoever works on them. Told of everything that was
 * spent, in any order, but once. Not thread-safe.
 */
final class QueryBudget {
  private static final Duration HOUR = Duration.ofHours(1);

  private final long ofJob;
  private Endpoint endpoint;
  private final TreeMap<Instant, Long> spent = new TreeMap<>();
  private long total;

  private QueryBudget(Endpoint endpoint, long ofJob) {
    this.endpoint = endpoint;
    this.ofJob = ofJob;
  }

  /** Of a served classifier of a campaign. */
  static QueryBudget of(Campaign campaign, ModelReference classifier) {
    Endpoint endpoint = classifier.endpointOrStandard();
    return new QueryBudget(
        endpoint,
        endpoint.queriesOfJob(campaign.sampling().batchSize(), campaign.attack().spaces().size()));
  }

  /** From now on within other limits. */
  void within(Endpoint limits) {
    endpoint = limits;
  }

  /** Queries that were made, as a result tells. */
  void spent(long queries, Instant at) {
    total += queries;
    spent.merge(at, queries, Long::sum);
  }

  /** A job of which nobody tells what it took. */
  void lost(Instant at) {
    spent(ofJob, at);
  }

  /** What was spent so far, and what is left in all. */
  Queries queries() {
    Long all = endpoint.queries();
    return new Queries(total, all == null ? null : (Long) Math.max(0, all - total));
  }

  /**
   * Whether a job more may be sent.
   *
   * @param underWay jobs sent and not answered
   */
  boolean allows(int underWay, Instant now) {
    // Of what is older than an hour, the total alone is needed.
    spent.headMap(now.minus(HOUR), true).clear();
    long reserved = (underWay + 1) * ofJob;
    long ofHour = spent.values().stream().mapToLong(Long::longValue).sum();
    Long hourly = endpoint.queriesPerHour();
    Long all = endpoint.queries();
    return underWay < endpoint.jobsAtOnce()
        && (hourly == null || ofHour + reserved <= hourly)
        && (all == null || total + reserved <= all);
  }
}
