package org.robustnessgap.serving.oip;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.OutputTensor;

/**
 * The few messages of {@code inference.GRPCInferenceService} that are needed, by the field numbers
 * of the protocol's {@code open_inference_grpc.proto}.
 */
final class OipMessages {
  private static final int NAME = 1;
  private static final int VERSION = 2;
  private static final int ID = 3;

  private static final int REQUEST_INPUTS = 5;
  private static final int REQUEST_RAW = 7;
  private static final int ANSWER_OUTPUTS = 5;
  private static final int ANSWER_RAW = 6;

  private static final int METADATA_VERSIONS = 2;
  private static final int METADATA_PLATFORM = 3;
  private static final int METADATA_INPUTS = 4;
  private static final int METADATA_OUTPUTS = 5;

  private OipMessages() {}

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /** {@code ModelMetadataRequest}, or any other that names no more than a model. */
  static byte[] ofModel(String name, @Nullable String version) {
    return message(out -> model(out, name, version));
  }

  private static void model(CodedOutputStream out, String name, @Nullable String version)
      throws IOException {
    out.writeString(NAME, name);
    if (version != null) {
      out.writeString(VERSION, version);
    }
  }

  /** {@code ModelInferRequest} with the numbers as bytes. */
  static byte[] infer(String name, @Nullable String version, String id, InputTensor input) {
    byte[] tensor =
        message(
            out -> {
              out.writeString(OipTensor.NAME, input.name());
              out.writeString(OipTensor.DATATYPE, input.type().name());
              for (long size : input.shape()) {
                out.writeInt64(OipTensor.SHAPE, size);
              }
            });
    return message(
        out -> {
          model(out, name, version);
          out.writeString(ID, id);
          out.writeByteArray(REQUEST_INPUTS, tensor);
          out.writeByteArray(REQUEST_RAW, JsonRequest.bytes(input));
        });
  }

  /**
   * Reads a {@code ModelInferResponse}.
   *
   * @throws IOException if it is none
   */
  static Answer answer(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    String version = "";
    List<OipTensor> tensors = new ArrayList<>();
    List<byte[]> raw = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case VERSION -> version = in.readString();
        case ANSWER_OUTPUTS -> tensors.add(OipTensor.read(in));
        case ANSWER_RAW -> raw.add(in.readByteArray());
        default -> in.skipField(tag);
      }
    }
    if (tensors.isEmpty() || !raw.isEmpty() && raw.size() != tensors.size()) {
      throw new IOException("it has no outputs, or not as many as values of them");
    }
    List<OutputTensor> outputs = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      // Some servers set contents, too, but empty.
      outputs.add(raw.isEmpty() ? tensors.get(i).ofContents() : tensors.get(i).ofRaw(raw.get(i)));
    }
    return new Answer(version.isEmpty() ? null : version, outputs);
  }

  /**
   * Reads a {@code ModelMetadataResponse}.
   *
   * @param server what is to be said of the server
   * @throws IOException if it is none
   */
  static ModelMetadata metadata(@Nullable String server, byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    String platform = "";
    List<String> versions = new ArrayList<>();
    List<ModelMetadata.Tensor> inputs = new ArrayList<>();
    List<ModelMetadata.Tensor> outputs = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case METADATA_VERSIONS -> versions.add(in.readString());
        case METADATA_PLATFORM -> platform = in.readString();
        case METADATA_INPUTS -> inputs.add(OipTensor.read(in).metadata());
        case METADATA_OUTPUTS -> outputs.add(OipTensor.read(in).metadata());
        default -> in.skipField(tag);
      }
    }
    return new ModelMetadata(server, platform, versions, inputs, outputs);
  }

  /**
   * Name and version of a {@code ServerMetadataResponse}.
   *
   * @throws IOException if it is none
   */
  static String server(byte[] message) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(message);
    String name = "";
    String version = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case NAME -> name = in.readString();
        case VERSION -> version = in.readString();
        default -> in.skipField(tag);
      }
    }
    return (name + " " + version).strip();
  }
}
