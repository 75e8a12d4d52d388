package org.robustnessgap.serving.oip;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The methods of {@code inference.GRPCInferenceService}, whose messages go as their bytes. */
final class OipService {
  static final String NAME = "inference.GRPCInferenceService";

  static final MethodDescriptor<byte[], byte[]> INFER = method("ModelInfer");
  static final MethodDescriptor<byte[], byte[]> MODEL_METADATA = method("ModelMetadata");
  static final MethodDescriptor<byte[], byte[]> SERVER_METADATA = method("ServerMetadata");

  private OipService() {}

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
