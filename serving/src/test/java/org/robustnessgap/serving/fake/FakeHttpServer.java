package org.robustnessgap.serving.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.serving.call.HalfFloat;

/** The Open Inference Protocol over HTTP with the ways of a real server. */
public final class FakeHttpServer extends RecordedServer {
  /** Whose ways. */
  public enum Kind {
    MLSERVER,
    KSERVE,
    TRITON
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/v2/models/digits";

  public FakeHttpServer(Kind kind, FakeModel model) {
    super(new Ways(kind, model));
  }

  /** What a campaign calls it. */
  public String location() {
    return "oip+http://127.0.0.1:" + port() + PATH;
  }

  private record Ways(Kind kind, FakeModel model) implements Handler {
    @Override
    public Optional<Reply> answer(Request request) {
      String target = request.target();
      FakeModel.Fault fault = target.endsWith("/infer") ? model.next() : FakeModel.Fault.NONE;
      if (fault == FakeModel.Fault.SLOW) {
        return Optional.empty();
      }
      if (target.equals("/v2")) {
        return Optional.of(Reply.json(200, server()));
      }
      if (target.equals(PATH)) {
        return Optional.of(Reply.json(200, metadata()));
      }
      return Optional.of(
          target.equals(PATH + "/infer")
              ? failed(fault).orElseGet(() -> infer(request, fault))
              : Reply.json(404, "{\"error\":\"Model none not found\"}"));
    }

    private String server() {
      return switch (kind) {
        case MLSERVER -> "{\"name\":\"mlserver\",\"version\":\"1.7.1\",\"extensions\":[]}";
        case KSERVE ->
            "{\"name\":\"kserve\",\"version\":\"0.21.0\",\"extensions\":[\"model_repository_extension\"]}";
        case TRITON ->
            "{\"name\":\"triton\",\"version\":\"2.51.0\",\"extensions\":[\"classification\",\"binary_tensor_data\"]}";
      };
    }

    private String metadata() {
      return switch (kind) {
        case MLSERVER ->
            "{\"name\":\"digits\",\"versions\":[],\"platform\":\"\",\"inputs\":[],\"outputs\":[],\"parameters\":{}}";
        case KSERVE ->
            "{\"name\":\"digits\",\"versions\":null,\"platform\":\"\",\"inputs\":[],\"outputs\":[]}";
        case TRITON -> {
          List<Long> shape = new ArrayList<>();
          if (model.statesBatch) {
            shape.add(-1L);
          }
          shape.addAll(model.imageShape);
          yield "{\"name\":\"digits\",\"versions\":[\"1\",\"2\"],\"platform\":\"python\","
              + "\"inputs\":[{\"name\":\"image\",\"datatype\":\""
              + model.datatype
              + "\",\"shape\":"
              + shape
              + "}],\"outputs\":[{\"name\":\"label\",\"datatype\":\"FP32\",\"shape\":[-1,3]}]}";
        }
      };
    }

    /** As each of them says it. */
    private Optional<Reply> failed(FakeModel.Fault fault) {
      boolean mlserver = kind == Kind.MLSERVER;
      return Optional.ofNullable(
          switch (fault) {
            case TOO_MANY_REQUESTS ->
                new Reply(429, Map.of("Retry-After", "7"), new byte[0], false);
            case NOT_READY ->
                kind == Kind.KSERVE
                    ? Reply.json(503, "{\"error\":\"Model with name digits is not ready.\"}")
                    : Reply.json(400, "{\"error\":\"Model digits is not ready yet.\"}");
            case UNLOADED ->
                switch (kind) {
                  case MLSERVER -> Reply.json(404, "{\"error\":\"Model digits not found\"}");
                  case KSERVE ->
                      Reply.json(404, "{\"error\":\"Model with name digits does not exist.\"}");
                  case TRITON ->
                      Reply.text(
                          404,
                          "{\"error\":\"Request for unknown model: 'digits' has no available versions\"}");
                };
            case GARBAGE -> Reply.text(200, "upstream connect error");
            case DENIED -> Reply.json(401, "{\"message\":\"Unauthorized\"}");
            case BOOM ->
                mlserver
                    ? Reply.text(500, "Internal Server Error")
                    : Reply.json(500, "{\"error\":\"ValueError : boom\"}");
            default -> null;
          });
    }

    private Reply infer(Request request, FakeModel.Fault fault) {
      String length = request.headers().get("Inference-Header-Content-Length");
      if (length != null && kind == Kind.MLSERVER) {
        return Reply.text(500, "Internal Server Error");
      }
      if (length != null && kind == Kind.KSERVE && isJson(request)) {
        return Reply.json(400, "{\"detail\":\"There was an error parsing the body\"}");
      }
      if (length == null && model.datatype.equals("FP16")) {
        return Reply.json(400, "{\"error\":\"sending FP16 data via JSON is not supported\"}");
      }
      int head = length == null ? request.body().length : Integer.parseInt(length);
      JsonNode json = read(request.body(), head);
      JsonNode input = json.path("inputs").get(0);
      if (kind == Kind.TRITON && !input.path("name").asText().equals("image")) {
        return Reply.text(
            400, "{\"error\":\"unexpected inference input 'input-0' for model 'digits'\"}");
      }
      if (!input.path("datatype").asText().equals(model.datatype)) {
        return kind == Kind.TRITON
            ? Reply.text(400, "{\"error\":\"inference input 'image' data-type is wrong\"}")
            : Reply.json(500, "{\"error\":\"ValueError : Unexpected input data type\"}");
      }
      if (input.path("shape").size() != model.imageShape.size() + 1) {
        return Reply.text(
            400,
            "{\"error\":\"unexpected shape for input 'image' for model 'digits'. Expected [-1,1,2,3], got "
                + input.path("shape")
                + "\"}");
      }
      int n = input.path("shape").get(0).asInt();
      if (n > model.maxBatch) {
        return Reply.text(
            400,
            "{\"error\":\"[request id: x] inference request batch-size must be <= "
                + model.maxBatch
                + " for 'digits'\"}");
      }
      List<float[]> images = images(input, request.body(), head, n);
      FakeAnswer answer = FakeAnswer.of(model, fault, images);
      boolean bytes = json.path("parameters").path("binary_data_output").asBoolean();
      return bytes && answer.texts().isEmpty() ? bytes(answer) : json(answer);
    }

    private static boolean isJson(Request request) {
      return "application/json".equals(request.headers().get("Content-Type"));
    }

    private static JsonNode read(byte[] body, int head) {
      try {
        return JSON.readTree(body, 0, head);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private List<float[]> images(JsonNode input, byte[] body, int head, int n) {
      ByteBuffer rest =
          ByteBuffer.wrap(body, head, body.length - head).order(ByteOrder.LITTLE_ENDIAN);
      int values = model.imageShape.stream().mapToInt(Math::toIntExact).reduce(1, (a, b) -> a * b);
      List<float[]> images = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        float[] image = new float[values];
        for (int j = 0; j < values; j++) {
          image[j] =
              input.has("data")
                  ? (float) input.path("data").get(i * values + j).asDouble()
                  : number(rest);
        }
        images.add(image);
      }
      return images;
    }

    private float number(ByteBuffer bytes) {
      return switch (model.datatype) {
        case "UINT8" -> Byte.toUnsignedInt(bytes.get());
        case "FP64" -> (float) bytes.getDouble();
        case "FP16" -> HalfFloat.toFloat(bytes.getShort());
        default -> bytes.getFloat();
      };
    }

    private Reply json(FakeAnswer answer) {
      ObjectNode json = head(answer);
      ArrayNode data = ((ObjectNode) json.path("outputs").get(0)).putArray("data");
      answer.texts().forEach(data::add);
      for (double number : answer.numbers()) {
        if (Double.isFinite(number) || kind == Kind.TRITON) {
          data.add(number);
        } else {
          data.addNull();
        }
      }
      return Reply.json(200, json.toString().replace("\"NaN\"", "NaN"));
    }

    private Reply bytes(FakeAnswer answer) {
      ObjectNode json = head(answer);
      int size = answer.datatype().equals("FP32") ? Float.BYTES : Long.BYTES;
      ByteBuffer bytes =
          ByteBuffer.allocate(answer.numbers().length * size).order(ByteOrder.LITTLE_ENDIAN);
      for (double number : answer.numbers()) {
        if (size == Float.BYTES) {
          bytes.putFloat((float) number);
        } else {
          bytes.putLong((long) number);
        }
      }
      ((ObjectNode) json.path("outputs").get(0))
          .putObject("parameters")
          .put("binary_data_size", bytes.capacity());
      byte[] head = json.toString().getBytes(StandardCharsets.UTF_8);
      byte[] body =
          ByteBuffer.allocate(head.length + bytes.capacity()).put(head).put(bytes.array()).array();
      boolean kserve = kind == Kind.KSERVE;
      String length = Integer.toString(head.length);
      return new Reply(
          200,
          kserve
              ? Map.of("inference-header-content-length", length)
              : Map.of(
                  "Content-Type",
                  "application/octet-stream",
                  "Inference-Header-Content-Length",
                  length),
          body,
          kserve);
    }

    private ObjectNode head(FakeAnswer answer) {
      ObjectNode json = JSON.createObjectNode();
      json.put("model_name", "digits");
      if (kind == Kind.KSERVE) {
        json.putNull("model_version");
      } else if (!model.version.isEmpty()) {
        json.put("model_version", model.version);
      }
      ObjectNode output = json.putArray("outputs").addObject();
      output.put("name", answer.name());
      output.put("datatype", answer.datatype());
      ArrayNode shape = output.putArray("shape");
      answer.shape().forEach(shape::add);
      return json;
    }
  }
}
