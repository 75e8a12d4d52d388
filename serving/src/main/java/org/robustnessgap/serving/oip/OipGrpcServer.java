package org.robustnessgap.serving.oip;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.ModelServer;

/** A server of the Open Inference Protocol over gRPC. */
public final class OipGrpcServer implements ModelServer {
  /** MLServer takes 4 MiB with all that is around the numbers. */
  private static final long LARGEST_REQUEST = (4L << 20) - (64L << 10);

  private final OipAddress address;
  private final GrpcCalls calls;
  private long requests;

  public OipGrpcServer(OipAddress address, Credentials credentials, Deadlines deadlines) {
    this.address = address;
    this.calls = new GrpcCalls(address, credentials, deadlines);
  }

  @Override
  public ModelMetadata metadata() throws CallFailure {
    byte[] answer =
        calls.send(
            OipService.MODEL_METADATA, OipMessages.ofModel(address.model(), address.version()));
    try {
      return OipMessages.metadata(server(), answer);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private @Nullable String server() {
    try {
      String server = OipMessages.server(calls.send(OipService.SERVER_METADATA, new byte[0]));
      return server.isEmpty() ? null : server;
    } catch (CallFailure | IOException e) {
      return null;
    }
  }

  @Override
  public List<InferenceTransport> transports() {
    return List.of(
        new InferenceTransport() {
          @Override
          public String name() {
            return "gRPC";
          }

          @Override
          public long largestRequest() {
            return LARGEST_REQUEST;
          }

          @Override
          public Answer infer(InputTensor input) throws CallFailure {
            return answer(input);
          }
        });
  }

  private Answer answer(InputTensor input) throws CallFailure {
    String id = HttpCalls.USER_AGENT + "-" + ++requests;
    byte[] answer =
        calls.send(
            OipService.INFER, OipMessages.infer(address.model(), address.version(), id, input));
    try {
      return OipMessages.answer(answer);
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  private CallFailure unreadable(Exception cause) {
    return new CallFailure(
        Kind.GARBLED,
        calls.place() + " gave an answer that is none of the Open Inference Protocol",
        0,
        null,
        cause);
  }

  @Override
  public void close() {
    calls.close();
  }
}
