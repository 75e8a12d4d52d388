package org.robustnessgap.service.kafka;

import org.apache.kafka.common.errors.RecordTooLargeException;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Topic;

/** What went wrong with Kafka, and what to do about it where the user can do something. */
public final class KafkaFailures {
  private KafkaFailures() {}

  /** One or two sentences for the log. */
  public static String explain(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RecordTooLargeException) {
        return cause.getMessage()
            + " Let the topics take messages of "
            + Topic.LARGEST_MESSAGE_BYTES
            + " bytes (max.message.bytes of a topic, max.request.size of the clients), or lower the"
            + " campaign's batch size.";
      }
    }
    return failure instanceof InvalidInputException refusal
        ? refusal.getMessage()
        : failure.toString();
  }
}
