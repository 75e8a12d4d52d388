package org.robustnessgap.serving.oip;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.OutputTensor;

/**
 * {@code InferOutputTensor} or {@code TensorMetadata}: name, type and shape, and values unless they
 * come raw. Their field numbers are the same.
 */
final class OipTensor {
  static final int NAME = 1;
  static final int DATATYPE = 2;
  static final int SHAPE = 3;
  private static final int CONTENTS = 5;

  private static final int BOOL = 1;
  private static final int UINT64 = 5;
  private static final int FP32 = 6;
  private static final int FP64 = 7;
  private static final int BYTES = 8;

  private String name = "";
  private String datatype = "";
  private final List<Long> shape = new ArrayList<>();
  private final List<Double> numbers = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  private OipTensor() {}

  private interface Value {
    void read() throws IOException;
  }

  /** Reads one at its length. */
  static OipTensor read(CodedInputStream in) throws IOException {
    OipTensor tensor = new OipTensor();
    int limit = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case NAME -> tensor.name = in.readString();
        case DATATYPE -> tensor.datatype = in.readString();
        case SHAPE -> each(in, tag, () -> tensor.shape.add(in.readInt64()));
        case CONTENTS -> tensor.contents(in);
        default -> in.skipField(tag);
      }
    }
    in.popLimit(limit);
    return tensor;
  }

  private void contents(CodedInputStream in) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      if (field >= BOOL && field <= UINT64) {
        each(in, tag, () -> numbers.add((double) in.readInt64()));
      } else if (field == FP32) {
        each(in, tag, () -> numbers.add((double) in.readFloat()));
      } else if (field == FP64) {
        each(in, tag, () -> numbers.add(in.readDouble()));
      } else if (field == BYTES) {
        texts.add(in.readStringRequireUtf8());
      } else {
        in.skipField(tag);
      }
    }
    in.popLimit(limit);
  }

  /** Packed, or one by one. */
  private static void each(CodedInputStream in, int tag, Value value) throws IOException {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      value.read();
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      value.read();
    }
    in.popLimit(limit);
  }

  OutputTensor ofContents() {
    return new OutputTensor(
        name, datatype, shape, numbers.stream().mapToDouble(number -> number).toArray(), texts);
  }

  /**
   * @throws IllegalArgumentException if the bytes are no elements of its type
   */
  OutputTensor ofRaw(byte[] elements) {
    return RawNumbers.tensor(name, datatype, shape, elements);
  }

  ModelMetadata.Tensor metadata() {
    return new ModelMetadata.Tensor(name, datatype, shape);
  }
}
