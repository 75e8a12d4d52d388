package org.robustnessgap.messages;

import java.util.ArrayList;
import java.util.List;

/**
 * One entry of the topic catalogue, the only ways in which services talk.
 *
 * @param topicName as Kafka knows it
 * @param cleanup what becomes of old records
 * @param message what its values are; {@code Object} where that depends on the key
 */
public record Topic(String topicName, Cleanup cleanup, Class<?> message) {
  public static final Topic CAMPAIGNS = new Topic("campaigns", Cleanup.COMPACT, Campaign.class);
  public static final Topic LATENT_SAMPLES = new Topic("latent-samples", Cleanup.DELETE, Job.class);
  public static final Topic ATTACK_RESULTS =
      new Topic("attack-results", Cleanup.DELETE, AttackResult.class);
  public static final Topic SMOOTHNESS_RESULTS =
      new Topic("smoothness-results", Cleanup.DELETE, SmoothnessResult.class);
  public static final Topic THEORETICAL_LIMITS =
      new Topic("theoretical-limits", Cleanup.COMPACT, TheoreticalLimits.class);
  public static final Topic TRANSFER_RESULTS =
      new Topic("transfer-results", Cleanup.DELETE, TransferResult.class);
  public static final Topic TRANSFER_LIMITS =
      new Topic("transfer-limits", Cleanup.COMPACT, TransferLimits.class);
  public static final Topic TRANSFER_GAPS =
      new Topic("transfer-gaps", Cleanup.COMPACT, TransferGap.class);
  public static final Topic ROBUSTNESS_GAPS =
      new Topic("robustness-gaps", Cleanup.COMPACT, RobustnessGap.class);
  public static final Topic AGGREGATOR_STATE =
      new Topic("aggregator-state", Cleanup.COMPACT, Object.class);
  public static final Topic JOB_FAILURES =
      new Topic("job-failures", Cleanup.DELETE, JobFailure.class);

  /**
   * What others write for campaigns of such records. No service makes it: campaigns name the topics
   * they read.
   */
  public static final Topic TRAFFIC_SAMPLES =
      new Topic("traffic-samples", Cleanup.DELETE, TrafficSample.class);

  /**
   * No message is larger: 16 MiB. Kafka's own default of 1 MiB is less than a job of 4096 latent
   * vectors of length 100.
   */
  public static final int LARGEST_MESSAGE_BYTES = 16 << 20;

  /** What Kafka does with old records: keep the last of each key, or drop them by age. */
  public enum Cleanup {
    COMPACT("compact"),
    DELETE("delete");

    private final String policy;

    Cleanup(String policy) {
      this.policy = policy;
    }

    /** The value of Kafka's {@code cleanup.policy}. */
    public String policy() {
      return policy;
    }
  }

  /** The catalogue: what all services share, then what each kind of job names for itself. */
  public static List<Topic> all() {
    List<Topic> all =
        new ArrayList<>(List.of(CAMPAIGNS, LATENT_SAMPLES, AGGREGATOR_STATE, JOB_FAILURES));
    JobKind.ALL.forEach(kind -> all.addAll(kind.topics()));
    return List.copyOf(all);
  }

  @Override
  public String toString() {
    return topicName;
  }
}
