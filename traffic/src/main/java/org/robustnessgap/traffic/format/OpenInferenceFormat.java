package org.robustnessgap.traffic.format;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ReceivedImages;
import org.robustnessgap.messages.InvalidInputException;

/**
 * A record is a {@code ModelInferRequest} in protobuf.
 *
 * @param input the name of the input of images; null if there is no other
 */
record OpenInferenceFormat(@Nullable String input) implements TrafficFormat {
  @Override
  public boolean recognises(RecordContent content) {
    try {
      return ProtobufRequest.inputs(content.value()).stream()
          .anyMatch(each -> !(each instanceof Input.Unusable));
    } catch (InvalidInputException e) {
      return false;
    }
  }

  @Override
  public List<FittedImage> images(RecordContent content, ReceivedImages wanted) {
    return Input.choose(ProtobufRequest.inputs(content.value()), input)
        .images(content.name(), wanted);
  }
}
