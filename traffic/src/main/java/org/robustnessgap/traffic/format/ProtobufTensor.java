package org.robustnessgap.traffic.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.data.NumberType;

/** {@code InferInputTensor}: what is said of an input, and its values unless they come raw. */
final class ProtobufTensor {
  private static final int NAME = 1;
  private static final int DATATYPE = 2;
  private static final int SHAPE = 3;
  private static final int CONTENTS = 5;

  private static final int INT = 2;
  private static final int INT64 = 3;
  private static final int UINT = 4;
  private static final int UINT64 = 5;
  private static final int FP32 = 6;
  private static final int FP64 = 7;
  private static final int BYTES = 8;

  private String name = "";
  private String datatype = "";
  private final List<Long> shape = new ArrayList<>();

  /** Of eight bytes each. */
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

  private final ByteArrayOutputStream singles = new ByteArrayOutputStream();
  private final ByteArrayOutputStream doubles = new ByteArrayOutputStream();
  private final List<byte[]> elements = new ArrayList<>();

  private ProtobufTensor() {}

  /** Reads one at its length. */
  static ProtobufTensor read(CodedInputStream in) throws IOException {
    ProtobufTensor tensor = new ProtobufTensor();
    within(
        in,
        (field, type) ->
            switch (field) {
              case NAME -> {
                tensor.name = in.readString();
                yield true;
              }
              case DATATYPE -> {
                tensor.datatype = in.readString();
                yield true;
              }
              case SHAPE -> each(in, type, () -> tensor.shape.add(in.readInt64()));
              case CONTENTS -> {
                within(in, (content, its) -> tensor.contents(in, content, its));
                yield true;
              }
              default -> false;
            });
    return tensor;
  }

  /** Numbers packed or one by one. */
  private boolean contents(CodedInputStream in, int field, int type) throws IOException {
    return switch (field) {
      case INT, INT64, UINT, UINT64 -> each(in, type, () -> add(in.readUInt64()));
      case FP32 -> fixed(in, type, Float.BYTES, singles);
      case FP64 -> fixed(in, type, Double.BYTES, doubles);
      case BYTES -> elements.add(in.readByteArray());
      default -> false;
    };
  }

  private void add(long value) {
    whole.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private interface Fields {
    /** Reads a field; false to pass it over. */
    boolean read(int field, int wireType) throws IOException;
  }

  private interface Value {
    void read() throws IOException;
  }

  /** Reads a message at its length. */
  private static void within(CodedInputStream in, Fields fields) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!fields.read(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag))) {
        in.skipField(tag);
      }
    }
    in.popLimit(limit);
  }

  private static boolean each(CodedInputStream in, int wireType, Value value) throws IOException {
    if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      value.read();
      return true;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      value.read();
    }
    in.popLimit(limit);
    return true;
  }

  /** They lie as they are wanted. */
  private static boolean fixed(
      CodedInputStream in, int wireType, int bytes, ByteArrayOutputStream to) throws IOException {
    to.writeBytes(
        wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED
            ? in.readByteArray()
            : in.readRawBytes(bytes));
    return true;
  }

  String name() {
    return name;
  }

  String datatype() {
    return datatype;
  }

  long[] shape() {
    return shape.stream().mapToLong(size -> size).toArray();
  }

  /** The input by its own values. */
  Input ofContents() {
    if (datatype.equals(Input.BYTES) && !elements.isEmpty()) {
      return new Input.Pictures(name, elements);
    }
    if (NumberType.named(datatype).isEmpty()) {
      return unusable();
    }
    if (whole.size() > 0) {
      return numbers(NumberType.INT64, whole);
    }
    if (singles.size() > 0) {
      return numbers(NumberType.FP32, singles);
    }
    return doubles.size() > 0
        ? numbers(NumberType.FP64, doubles)
        : new Input.Unusable(name, "holds no values; is the topic one of requests");
  }

  private Input numbers(NumberType type, ByteArrayOutputStream values) {
    return new Input.Numbers(name, shape(), type, values.toByteArray());
  }

  Input unusable() {
    return new Input.Unusable(
        name, "has datatype '" + datatype + "', which are no pixels; send UINT8 or FP32, say");
  }
}
