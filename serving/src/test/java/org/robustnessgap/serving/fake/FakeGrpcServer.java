package org.robustnessgap.serving.fake;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The Open Inference Protocol over gRPC, with the ways and the limit of MLServer. */
public final class FakeGrpcServer implements AutoCloseable {
  private static final String SERVICE = "inference.GRPCInferenceService";
  private static final int LARGEST = 4 << 20;

  private final FakeModel model;
  private final List<Metadata> headers = new CopyOnWriteArrayList<>();
  private final List<Integer> batches = new CopyOnWriteArrayList<>();
  private Server server;

  public FakeGrpcServer(FakeModel model) {
    this.model = model;
    this.server = started(0);
  }

  private Server started(int port) {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(SERVICE)
            .addMethod(method("ServerMetadata"), ServerCalls.asyncUnaryCall(this::server))
            .addMethod(method("ModelMetadata"), ServerCalls.asyncUnaryCall(this::metadata))
            .addMethod(method("ModelInfer"), ServerCalls.asyncUnaryCall(this::infer))
            .build();
    try {
      return NettyServerBuilder.forAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .maxInboundMessageSize(LARGEST)
          .addService(ServerInterceptors.intercept(service, new Keeping()))
          .build()
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a campaign calls it. */
  public String location() {
    return "oip+grpc://127.0.0.1:" + server.getPort() + "/v2/models/digits";
  }

  /** Headers of all requests so far. */
  public List<Metadata> headers() {
    return headers;
  }

  /** How many images it was asked about in each request so far. */
  public List<Integer> batches() {
    return batches;
  }

  /** Nobody listens any more. */
  public void goDown() {
    server.shutdownNow();
  }

  /** It listens again, at the same port. */
  public void comeUp(int port) {
    server = started(port);
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Keeping implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata sent, ServerCallHandler<Q, A> next) {
      headers.add(sent);
      return next.startCall(call, sent);
    }
  }

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
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void server(byte[] request, StreamObserver<byte[]> answer) {
    answer.onNext(
        message(
            out -> {
              out.writeString(1, "mlserver");
              out.writeString(2, "1.7.1");
            }));
    answer.onCompleted();
  }

  private void metadata(byte[] request, StreamObserver<byte[]> answer) {
    byte[] input =
        message(
            out -> {
              out.writeString(1, "image");
              out.writeString(2, model.datatype);
              out.writeInt64(3, -1);
              for (long size : model.imageShape) {
                out.writeInt64(3, size);
              }
            });
    answer.onNext(
        message(
            out -> {
              out.writeString(1, "digits");
              out.writeString(2, "1");
              out.writeString(3, "onnx");
              out.writeByteArray(4, input);
            }));
    answer.onCompleted();
  }

  private void infer(byte[] request, StreamObserver<byte[]> answer) {
    FakeModel.Fault fault = model.next();
    switch (fault) {
      case SLOW -> {} // Whoever asked waits.
      case NOT_READY -> answer.onError(Status.UNAVAILABLE.asRuntimeException());
      case UNLOADED -> answer.onError(error(Status.NOT_FOUND, "Model digits not found"));
      case TOO_MANY_REQUESTS -> answer.onError(error(Status.RESOURCE_EXHAUSTED, "quota"));
      case DENIED -> answer.onError(error(Status.UNAUTHENTICATED, "no"));
      case BOOM -> answer.onError(error(Status.INTERNAL, "required argument is not a float"));
      default -> {
        answer.onNext(answered(images(request), fault));
        answer.onCompleted();
      }
    }
  }

  private RuntimeException error(Status status, String said) {
    return status.withDescription(model.said.isEmpty() ? said : model.said).asRuntimeException();
  }

  private List<float[]> images(byte[] request) {
    int values = model.imageShape.stream().mapToInt(Math::toIntExact).reduce(1, (a, b) -> a * b);
    List<float[]> images = new ArrayList<>();
    try {
      CodedInputStream in = CodedInputStream.newInstance(request);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) != 7) {
          in.skipField(tag);
          continue;
        }
        ByteBuffer bytes = ByteBuffer.wrap(in.readByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.remaining() >= values * Float.BYTES) {
          float[] image = new float[values];
          for (int i = 0; i < values; i++) {
            image[i] = bytes.getFloat();
          }
          images.add(image);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    batches.add(images.size());
    return images;
  }

  private byte[] answered(List<float[]> images, FakeModel.Fault fault) {
    FakeAnswer answer = FakeAnswer.of(model, fault, images);
    byte[] output =
        message(
            out -> {
              out.writeString(1, answer.name());
              out.writeString(2, answer.datatype());
              for (long size : answer.shape()) {
                out.writeInt64(3, size);
              }
              // Set, but empty.
              out.writeByteArray(5, new byte[0]);
            });
    return message(
        out -> {
          out.writeString(1, "digits");
          out.writeString(2, model.version);
          out.writeByteArray(5, output);
          out.writeByteArray(6, raw(answer));
        });
  }

  private static byte[] raw(FakeAnswer answer) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (double number : answer.numbers()) {
      if (answer.datatype().equals("FP32")) {
        bytes.putFloat((float) number);
      } else {
        bytes.putLong((long) number);
      }
    }
    for (String text : answer.texts()) {
      byte[] utf = text.getBytes(StandardCharsets.UTF_8);
      bytes.putInt(utf.length).put(utf);
    }
    byte[] all = new byte[bytes.position()];
    bytes.get(0, all);
    return all;
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
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
