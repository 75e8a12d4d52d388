package org.robustnessgap.serving.mlflow;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.InputTensor;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.ModelServer;
import org.robustnessgap.serving.call.ServerUri;

/**
 * MLflow's scoring server, {@code http(s)://…/invocations}. It states neither tensors nor the
 * version of its model.
 */
public final class InvocationsServer implements ModelServer {
  private static final String PATH = "/invocations";
  private static final String FORM = "http://HOST:PORT" + PATH;

  /** As JSON it is some five times as long. */
  private static final long LARGEST_REQUEST = 8L << 20;

  private static final int LONGEST_VERSION = 20;

  private final URI invocations;
  private final HttpCalls calls;
  private final @Nullable String input;

  /**
   * @param location its address
   * @param input name of the tensor that takes images; null to name none, for a model of one
   * @throws InvalidInputException if the address is of another form
   */
  public InvocationsServer(String location, HttpCalls calls, @Nullable String input) {
    this.invocations = ServerUri.parse(location, FORM);
    this.calls = calls;
    this.input = input;
    if (!invocations.getPath().endsWith(PATH)) {
      throw new InvalidInputException(
          "The address "
              + location
              + " is not that of a served model; give "
              + FORM
              + " of MLflow's scoring server, or oip+http://HOST:PORT/v2/models/MODEL.");
    }
  }

  @Override
  public ModelMetadata metadata() throws CallFailure {
    URI version = invocations.resolve("version");
    String said = new String(calls.get(version).body(), StandardCharsets.UTF_8).strip();
    String server = said.length() <= LONGEST_VERSION ? "mlflow " + said : null;
    return new ModelMetadata(server, "", List.of(), List.of(), List.of());
  }

  @Override
  public boolean namesInputs() {
    return false;
  }

  @Override
  public List<InferenceTransport> transports() {
    return List.of(
        new InferenceTransport() {
          @Override
          public String name() {
            return "JSON of MLflow";
          }

          @Override
          public long largestRequest() {
            return LARGEST_REQUEST;
          }

          @Override
          public Answer infer(InputTensor tensor) throws CallFailure {
            HttpRequest.Builder request =
                HttpRequest.newBuilder(invocations)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofByteArray(NestedJson.of(input, tensor)));
            return Predictions.read(invocations.getAuthority(), calls.send(request).body());
          }
        });
  }

  @Override
  public void close() {
    // The client's connections end with it.
  }
}
