package org.robustnessgap.traffic;

import java.util.List;
import java.util.Optional;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.ReceivedImages;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.traffic.format.RecordContent;
import org.robustnessgap.traffic.format.TrafficFormat;
import org.robustnessgap.traffic.format.TrafficFormats;

/** Makes images of the records of a topic. Immutable. */
public final class TrafficReader {
  private final RecordFormat declared;
  private final TrafficFormat format;
  private final ReceivedImages wanted;

  /**
   * @param form of the images as the campaign's classifiers take them, with nothing open
   */
  public TrafficReader(TrafficTopic topic, ImageForm form) {
    this.declared = topic.format();
    this.format = TrafficFormats.of(topic.format(), topic.input());
    this.wanted = new ReceivedImages(form);
  }

  /** What a record holds, whatever its bytes are. */
  public Reading read(RecordContent content) {
    try {
      List<FittedImage> images = format.images(content, wanted);
      return images.isEmpty() ? new Reading.Answer() : new Reading.Request(images);
    } catch (InvalidInputException e) {
      return new Reading.Refused(
          new JobFailure.Refused(
              content.topic(), content.partition(), content.offset(), reason(content, e), ""));
    }
  }

  private String reason(RecordContent content, InvalidInputException e) {
    String name = content.name();
    String why = e.getMessage();
    Optional<RecordFormat> seems =
        TrafficFormats.recognise(content).filter(other -> other != declared);
    return "Record "
        + (why.startsWith(name) ? why : name + ": " + why)
        + seems
            .map(other -> " It seems to be " + other + ", but the campaign says " + declared + ".")
            .orElse("");
  }
}
