package org.robustnessgap.traffic.format;

import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import java.util.function.BiConsumer;

/** A CloudEvent whose attributes are headers of the record, as the binding for Kafka says. */
final class BinaryEvent extends BaseGenericBinaryMessageReaderImpl<String, String> {
  private static final String PREFIX = "ce_";

  /** The header that every such record has. */
  static final String VERSION = PREFIX + "specversion";

  private final RecordContent content;

  BinaryEvent(SpecVersion version, RecordContent content) {
    super(version, content.value().length == 0 ? null : BytesCloudEventData.wrap(content.value()));
    this.content = content;
  }

  @Override
  protected boolean isContentTypeHeader(String key) {
    return key.equals("content-type");
  }

  @Override
  protected boolean isCloudEventsHeader(String key) {
    return key.startsWith(PREFIX);
  }

  @Override
  protected String toCloudEventsKey(String key) {
    return key.substring(PREFIX.length());
  }

  @Override
  protected void forEachHeader(BiConsumer<String, String> consumer) {
    content.headers().forEach(consumer);
  }

  @Override
  protected String toCloudEventsValue(String value) {
    return value;
  }
}
