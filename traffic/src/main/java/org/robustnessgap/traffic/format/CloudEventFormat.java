package org.robustnessgap.traffic.format;

import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.core.message.impl.GenericStructuredMessageReader;
import io.cloudevents.core.message.impl.MessageUtils;
import io.cloudevents.rw.CloudEventRWException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ReceivedImages;
import org.robustnessgap.messages.InvalidInputException;

/**
 * A record is a CloudEvent, in binary or structured mode, whose data are a request of the Open
 * Inference Protocol over REST, as KServe's inference logger sends it. What is said in answer is
 * none.
 *
 * @param input the name of the input of images; null if there is no other
 */
record CloudEventFormat(@Nullable String input) implements TrafficFormat {
  private static final String CONTENT_TYPE = "content-type";
  private static final String STRUCTURED = "application/cloudevents";

  /** Of KServe ({@code org.kubeflow.serving…}) and Seldon Core 1 ({@code io.seldon.serving…}). */
  private static final String REQUEST = ".inference.request";

  private static final String ANSWER = ".inference.response";

  @Override
  public boolean recognises(RecordContent content) {
    return content.headers().containsKey(BinaryEvent.VERSION)
        || content.header(CONTENT_TYPE).startsWith(STRUCTURED);
  }

  @Override
  public List<FittedImage> images(RecordContent content, ReceivedImages wanted) {
    CloudEvent event = event(content);
    String type = event.getType();
    if (type.endsWith(ANSWER)) {
      return List.of();
    }
    if (!type.endsWith(REQUEST)) {
      throw new InvalidInputException(
          "The record is a CloudEvent of type "
              + type
              + "; only those that end with "
              + REQUEST
              + " hold requests.");
    }
    CloudEventData data = event.getData();
    if (data == null) {
      throw new InvalidInputException("The CloudEvent " + event.getId() + " has no data.");
    }
    return Input.choose(JsonRequest.inputs(data.toBytes()), input).images(content.name(), wanted);
  }

  private CloudEvent event(RecordContent content) {
    if (!recognises(content)) {
      throw new InvalidInputException(
          "The record is no CloudEvent: it has neither a header "
              + BinaryEvent.VERSION
              + " nor a content-type "
              + STRUCTURED
              + "+json.");
    }
    try {
      return MessageUtils.parseStructuredOrBinaryMessage(
              () -> content.headers().get(CONTENT_TYPE),
              format -> new GenericStructuredMessageReader(format, content.value()),
              () -> content.headers().get(BinaryEvent.VERSION),
              version -> new BinaryEvent(version, content))
          .toEvent();
    } catch (EventDeserializationException e) {
      throw new InvalidInputException("The record is no CloudEvent in JSON.", e);
    } catch (CloudEventRWException | IllegalStateException e) {
      throw new InvalidInputException("The record is no valid CloudEvent: " + e.getMessage(), e);
    }
  }
}
