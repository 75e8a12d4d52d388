package org.robustnessgap.messages;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic of what production sees. Of each window of time as many images as the campaign's {@link
 * SamplingPlan#windowSamples} are drawn, each with the same probability.
 *
 * @param name of the topic
 * @param format of its records
 * @param window how long a window of time is, as ISO 8601 writes it, for instance PT1H; at least a
 *     second
 * @param input which input of a request holds the images; absent if it has no other
 * @param bootstrapServers of its cluster; absent for the one of the services, or for that of the
 *     properties
 * @param properties name of a file of Kafka properties, in the folder that the generator service is
 *     given for them: address and credentials of another cluster, which no topic holds; absent for
 *     none
 * @param recordsPerSecond how many records are read at most; what comes faster is passed over;
 *     absent for {@link #STANDARD_RECORDS_PER_SECOND}
 */
public record TrafficTopic(
    String name,
    RecordFormat format,
    String window,
    @OmitEmpty @Nullable String input,
    @OmitEmpty @Nullable String bootstrapServers,
    @OmitEmpty @Nullable String properties,
    @OmitEmpty @Nullable Double recordsPerSecond) {
  /** Decoding so many is a small part of a processor for all but the largest images. */
  public static final double STANDARD_RECORDS_PER_SECOND = 100;

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public TrafficTopic {
    Checks.present(name, "name of the topic");
    Checks.check(
        TOPIC.matcher(name).matches(),
        "'%s' can be no topic: it must hold only letters, digits, '.', '_' and '-' (at most 249)",
        name);
    Checks.present(format, "format of the records of topic " + name);
    Checks.present(window, "window of topic " + name);
    Checks.check(
        duration(window).compareTo(Duration.ofSeconds(1)) >= 0,
        "the window of topic %s is '%s' but must be a time of at least a second, for instance PT1H",
        name,
        window);
    Checks.check(
        input == null
            || format == RecordFormat.OPEN_INFERENCE
            || format == RecordFormat.CLOUD_EVENTS,
        "records of format %s have no inputs; leave input out",
        format);
    if (properties != null) {
      Checks.name(properties, "name of the file of properties");
    }
    Checks.check(
        bootstrapServers == null || properties == null,
        "topic %s has both bootstrap_servers and properties; write bootstrap.servers into the file of properties, so that credentials go to no other servers",
        name);
    Checks.check(
        bootstrapServers == null || !bootstrapServers.isBlank(),
        "bootstrap_servers of topic %s are empty",
        name);
    if (recordsPerSecond != null) {
      Checks.positive(recordsPerSecond, "records per second of topic " + name);
    }
  }

  /** Zero for what is no time. */
  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }

  /** How long a window is. */
  public Duration length() {
    return duration(window);
  }

  /** How many records are read at most in a second. */
  public double rate() {
    return recordsPerSecond == null ? STANDARD_RECORDS_PER_SECOND : recordsPerSecond;
  }
}
