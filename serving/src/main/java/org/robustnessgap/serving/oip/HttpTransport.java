package org.robustnessgap.serving.oip;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.InputTensor;

/** {@code POST …/infer}, the numbers in JSON or behind it. An answer may come in either way. */
final class HttpTransport implements InferenceTransport {
  private static final String HEAD_LENGTH = "Inference-Header-Content-Length";

  /** JSON of it is some five times as long. */
  private static final long LARGEST_REQUEST = 8L << 20;

  private final HttpCalls calls;
  private final URI infer;
  private final boolean bytes;
  private long requests;

  private HttpTransport(HttpCalls calls, URI model, boolean bytes) {
    this.calls = calls;
    this.infer = URI.create(model + "/infer");
    this.bytes = bytes;
  }

  static HttpTransport json(HttpCalls calls, URI model) {
    return new HttpTransport(calls, model, false);
  }

  /** With the protocol's extension for tensors as bytes, which not every server knows. */
  static HttpTransport bytes(HttpCalls calls, URI model) {
    return new HttpTransport(calls, model, true);
  }

  @Override
  public String name() {
    return bytes ? "bytes over HTTP" : "JSON over HTTP";
  }

  @Override
  public long largestRequest() {
    return LARGEST_REQUEST;
  }

  @Override
  public Answer infer(InputTensor input) throws CallFailure {
    // Some runtimes fail where a request has none.
    String id = HttpCalls.USER_AGENT + "-" + ++requests;
    HttpResponse<byte[]> response = calls.send(bytes ? ofBytes(id, input) : ofJson(id, input));
    int length = response.body().length;
    int head =
        response
            .headers()
            .firstValue(HEAD_LENGTH)
            .filter(value -> value.matches("\\d{1,9}"))
            .map(Integer::parseInt)
            .orElse(length);
    return JsonAnswer.read(infer.getAuthority(), response.body(), Math.min(head, length));
  }

  private HttpRequest.Builder ofJson(String id, InputTensor input) {
    return HttpRequest.newBuilder(infer)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(JsonRequest.withNumbers(id, input)));
  }

  private HttpRequest.Builder ofBytes(String id, InputTensor input) {
    byte[] head = JsonRequest.head(id, input);
    return HttpRequest.newBuilder(infer)
        // KServe takes no application/json here.
        .header("Content-Type", "application/octet-stream")
        .header(HEAD_LENGTH, Integer.toString(head.length))
        .POST(BodyPublishers.ofByteArrays(List.of(head, JsonRequest.bytes(input))));
  }
}
