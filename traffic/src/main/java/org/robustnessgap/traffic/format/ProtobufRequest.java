package org.robustnessgap.traffic.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.robustnessgap.data.NumberType;
import org.robustnessgap.messages.InvalidInputException;

/**
 * {@code inference.ModelInferRequest} of the Open Inference Protocol, of which only the inputs are
 * read. A prefix by which Kafka's clients name a schema of a registry is passed over: no message
 * begins with its byte 0.
 */
final class ProtobufRequest {
  private static final int INPUTS = 5;
  private static final int RAW_CONTENTS = 7;
  private static final int SCHEMA_ID = 4;

  private final List<ProtobufTensor> tensors = new ArrayList<>();
  private final List<byte[]> raw = new ArrayList<>();

  private ProtobufRequest() {}

  /**
   * @throws InvalidInputException if the bytes are no such message
   */
  static List<Input> inputs(byte[] value) {
    if (value.length == 0) {
      throw new InvalidInputException("The record is empty, and so no ModelInferRequest.");
    }
    ProtobufRequest request = new ProtobufRequest();
    try {
      CodedInputStream in = CodedInputStream.newInstance(value);
      if (value[0] == 0) {
        skipSchema(in);
      }
      request.read(in);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidInputException(
          "The record is no ModelInferRequest in protobuf: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be read", e);
    }
    return request.inputs();
  }

  private static void skipSchema(CodedInputStream in) throws IOException {
    in.skipRawBytes(1 + SCHEMA_ID);
    // Which message of the schema it is; no number stands for the first.
    for (int indices = in.readSInt32(); indices > 0; indices--) {
      in.readSInt32();
    }
  }

  private void read(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      boolean bytes = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      int field = WireFormat.getTagFieldNumber(tag);
      if (bytes && field == INPUTS) {
        tensors.add(ProtobufTensor.read(in));
      } else if (bytes && field == RAW_CONTENTS) {
        raw.add(in.readByteArray());
      } else {
        in.skipField(tag);
      }
    }
  }

  private List<Input> inputs() {
    List<Input> inputs = new ArrayList<>(tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      ProtobufTensor tensor = tensors.get(i);
      inputs.add(i < raw.size() ? ofRaw(tensor, raw.get(i)) : tensor.ofContents());
    }
    return inputs;
  }

  private static Input ofRaw(ProtobufTensor tensor, byte[] values) {
    if (tensor.datatype().equals(Input.BYTES)) {
      List<byte[]> elements = elements(values);
      return elements.isEmpty()
          ? new Input.Unusable(tensor.name(), "has bytes that are no elements with their lengths")
          : new Input.Pictures(tensor.name(), elements);
    }
    Optional<NumberType> type = NumberType.named(tensor.datatype());
    return type.isPresent()
        ? new Input.Numbers(tensor.name(), tensor.shape(), type.get(), values)
        : tensor.unusable();
  }

  /** Each behind its length in four bytes; none if they end otherwise. */
  static List<byte[]> elements(byte[] values) {
    List<byte[]> elements = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= Integer.BYTES) {
      int length = in.getInt();
      if (length < 0 || length > in.remaining()) {
        return List.of();
      }
      elements.add(Arrays.copyOfRange(values, in.position(), in.position() + length));
      in.position(in.position() + length);
    }
    return in.hasRemaining() ? List.of() : elements;
  }
}
