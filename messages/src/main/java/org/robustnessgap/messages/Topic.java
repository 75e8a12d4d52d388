package org.robustnessgap.messages;

/** The topic catalogue: the only ways in which services talk. */
public enum Topic {
  CAMPAIGNS("campaigns", Cleanup.COMPACT),
  LATENT_SAMPLES("latent-samples", Cleanup.DELETE),
  ATTACK_RESULTS("attack-results", Cleanup.DELETE),
  SMOOTHNESS_RESULTS("smoothness-results", Cleanup.DELETE),
  THEORETICAL_LIMITS("theoretical-limits", Cleanup.COMPACT),
  TRANSFER_RESULTS("transfer-results", Cleanup.DELETE),
  TRANSFER_LIMITS("transfer-limits", Cleanup.COMPACT),
  TRANSFER_GAPS("transfer-gaps", Cleanup.COMPACT),
  ROBUSTNESS_GAPS("robustness-gaps", Cleanup.COMPACT),
  AGGREGATOR_STATE("aggregator-state", Cleanup.COMPACT),
  JOB_FAILURES("job-failures", Cleanup.DELETE);

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

  private final String topicName;
  private final Cleanup cleanup;

  Topic(String topicName, Cleanup cleanup) {
    this.topicName = topicName;
    this.cleanup = cleanup;
  }

  public String topicName() {
    return topicName;
  }

  public Cleanup cleanup() {
    return cleanup;
  }

  @Override
  public String toString() {
    return topicName;
  }
}
