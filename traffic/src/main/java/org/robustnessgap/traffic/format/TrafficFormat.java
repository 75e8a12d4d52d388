package org.robustnessgap.traffic.format;

import java.util.List;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ReceivedImages;

/** A form in which records hold the images that a classifier is asked about. */
public interface TrafficFormat {
  /** Whether a record seems to be of this form; for the sentence about one of another. */
  boolean recognises(RecordContent content);

  /**
   * The images of a record.
   *
   * @param wanted brings them to the form that is wanted
   * @return none if the record is well-formed and no request, but an answer
   * @throws org.robustnessgap.messages.InvalidInputException if it is of another form, or its
   *     images are, with the reason
   */
  List<FittedImage> images(RecordContent content, ReceivedImages wanted);
}
