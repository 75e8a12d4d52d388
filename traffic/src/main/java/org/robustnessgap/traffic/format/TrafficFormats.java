package org.robustnessgap.traffic.format;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.RecordFormat;

/** Every format there is. */
public final class TrafficFormats {
  private TrafficFormats() {}

  /**
   * @param input which input of a request holds the images; null if it has no other
   */
  public static TrafficFormat of(RecordFormat format, @Nullable String input) {
    return switch (format) {
      case TRAFFIC_SAMPLES -> new SampleFormat();
      case OPEN_INFERENCE -> new OpenInferenceFormat(input);
      case CLOUD_EVENTS -> new CloudEventFormat(input);
      case IMAGE -> new PictureRecordFormat();
    };
  }

  /** The format that a record seems to have; empty if none is recognised. */
  public static Optional<RecordFormat> recognise(RecordContent content) {
    return Arrays.stream(RecordFormat.values())
        .filter(format -> of(format, null).recognises(content))
        .findFirst();
  }
}
