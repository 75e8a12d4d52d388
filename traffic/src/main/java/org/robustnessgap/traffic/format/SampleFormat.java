package org.robustnessgap.traffic.format;

import java.util.List;
import java.util.Objects;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ReceivedImages;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.TrafficSample;

/** A record is a {@link TrafficSample} as JSON. */
final class SampleFormat implements TrafficFormat {
  @Override
  public boolean recognises(RecordContent content) {
    try {
      read(content);
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  @Override
  public List<FittedImage> images(RecordContent content, ReceivedImages wanted) {
    TrafficSample sample = read(content);
    return new Input.Numbers(
            "sample",
            sample.shape().stream().mapToLong(size -> size).toArray(),
            Input.type(sample.datatype()),
            sample.values())
        .images(Objects.requireNonNullElse(sample.name(), content.name()), wanted);
  }

  private static TrafficSample read(RecordContent content) {
    return Json.read(content.value(), TrafficSample.class);
  }
}
