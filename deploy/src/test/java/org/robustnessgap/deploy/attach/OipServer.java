package org.robustnessgap.deploy.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.robustnessgap.attack.Classifier;
import org.robustnessgap.attack.map.Rows;

/**
 * Serves an ONNX classifier of digits as model {@code digits} by the Open Inference Protocol in
 * JSON, and can be told to go down or to serve another.
 */
public final class OipServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    // Else each answer waits for the other side's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final HttpServer server;
  private Classifier classifier;
  private String version;

  /** Images that it was asked about. */
  public final AtomicLong asked = new AtomicLong();

  public volatile boolean down;

  /** After so many images it serves the other model; negative for never. */
  private volatile long swapAfter = -1;

  private Path swapTo;
  private String swapVersion;

  public OipServer(Path model, String version) throws IOException {
    this.classifier = Classifier.open(model);
    this.version = version;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(thread);
    server.createContext("/v2/models/digits", this::answer);
    server.start();
  }

  public String location() {
    return "oip+http://localhost:" + server.getAddress().getPort() + "/v2/models/digits";
  }

  /** Serves another model once it was asked about so many images more. */
  public void swap(Path model, String newVersion, long afterImages) {
    swapTo = model;
    swapVersion = newVersion;
    swapAfter = asked.get() + afterImages;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (down) {
        // Longer than is waited for in a job, shorter than a job waits by itself.
        exchange.getResponseHeaders().add("Retry-After", "3");
        send(exchange, 503, "{\"error\":\"model digits is not ready\"}");
      } else if (exchange.getRequestMethod().equals("GET")) {
        send(
            exchange,
            200,
            "{\"name\":\"digits\",\"versions\":[\""
                + version
                + "\"],\"platform\":\"onnx\",\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[-1,1,28,28]}],\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,10]}]}");
      } else if (exchange.getRequestHeaders().containsKey("Inference-Header-Content-Length")) {
        send(exchange, 400, "{\"error\":\"no binary tensors here\"}");
      } else {
        send(exchange, 200, inferred(JSON.readTree(body)));
      }
    }
  }

  private String inferred(JsonNode request) throws IOException {
    JsonNode input = request.get("inputs").get(0);
    JsonNode data = input.get("data");
    float[] values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.get(i).floatValue();
    }
    Rows images = new Rows(values, 784);
    if (swapAfter >= 0 && asked.get() >= swapAfter) {
      classifier.close();
      classifier = Classifier.open(swapTo);
      version = swapVersion;
      swapAfter = -1;
    }
    asked.addAndGet(images.count());
    Rows scores = classifier.map().apply(images);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("model_name", "digits").put("model_version", version).put("id", "1");
    ObjectNode output = answer.putArray("outputs").addObject();
    output.put("name", "logits").put("datatype", "FP32");
    output.putArray("shape").add(images.count()).add(scores.width());
    ArrayNode numbers = output.putArray("data");
    for (float score : scores.values()) {
      numbers.add(score);
    }
    return JSON.writeValueAsString(answer);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdown();
    classifier.close();
  }
}
