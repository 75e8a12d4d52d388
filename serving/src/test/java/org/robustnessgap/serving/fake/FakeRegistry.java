package org.robustnessgap.serving.fake;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** MLflow's registry with one model, as MLflow 3.17.2 answers. */
public final class FakeRegistry extends RecordedServer {
  private static final String ID = "2c257789a8aa47e8b5a28a960a2d60e3";

  /** What it keeps, and what its alias champion means. */
  public static final class Content {
    private final Map<String, Map<String, byte[]>> versions = new TreeMap<>();
    volatile String champion = "1";
    volatile boolean cut;

    /** The files of a version. */
    public Content with(String version, Map<String, byte[]> files) {
      versions.put(version, files);
      return this;
    }

    public Content champion(String version) {
      champion = version;
      return this;
    }

    /** Files come without their last byte. */
    public Content cut(boolean now) {
      cut = now;
      return this;
    }
  }

  public FakeRegistry(Content content) {
    super(request -> Optional.of(answer(content, request)));
  }

  /** What MLFLOW_TRACKING_URI would be. */
  public String address() {
    return "http://127.0.0.1:" + port();
  }

  private static Reply answer(Content content, Request request) {
    String[] parts = request.target().split("\\?", 2);
    Map<String, String> query = query(parts.length < 2 ? "" : parts[1]);
    return switch (parts[0]) {
      case "/api/2.0/mlflow/registered-models/alias" ->
          "champion".equals(query.get("alias"))
              ? version(content, content.champion)
              : error(
                  400,
                  "INVALID_PARAMETER_VALUE",
                  "Registered model alias " + query.get("alias") + " not found.");
      case "/api/2.0/mlflow/model-versions/get" -> version(content, query.get("version"));
      case "/model-versions/get-artifact" -> artifact(content, query);
      default ->
          parts[0].endsWith("/artifacts/directories")
              ? listing(content, parts[0])
              : Reply.json(404, "{\"detail\":\"Not Found\"}");
    };
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String each : text.split("&")) {
      String[] parts = each.split("=", 2);
      query.put(
          parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private static Reply error(int status, String code, String message) {
    return Reply.json(
        status,
        "{\"error_code\":\""
            + code
            + "\",\"message\":\""
            + message
            + "\",\"sqlstate\":\"KAM00\",\"error_class\":\""
            + code
            + "\"}");
  }

  private static Reply version(Content content, String version) {
    if (!content.versions.containsKey(version)) {
      return error(
          404,
          "RESOURCE_DOES_NOT_EXIST",
          "Model Version (name=mnist, version=" + version + ") not found");
    }
    return Reply.json(
        200,
        "{\"model_version\":{\"name\":\"mnist\",\"version\":\""
            + version
            + "\",\"creation_timestamp\":1796072949959,\"source\":\"models:/m-"
            + version
            + ID
            + "\",\"status\":\"READY\",\"aliases\":[\"champion\"]}}");
  }

  private static Reply listing(Content content, String path) {
    String version = path.replaceAll(".*/logged-models/m-(\\d+)" + ID + "/.*", "$1");
    StringBuilder files = new StringBuilder();
    content
        .versions
        .get(version)
        .forEach(
            (name, bytes) ->
                files
                    .append(files.isEmpty() ? "" : ",")
                    .append("{\"path\":\"")
                    .append(name)
                    .append("\",\"is_dir\":false,\"file_size\":")
                    .append(bytes.length)
                    .append('}'));
    return Reply.json(
        200, "{\"root_uri\":\"mlflow-artifacts:/1/models/m/artifacts\",\"files\":[" + files + "]}");
  }

  private static Reply artifact(Content content, Map<String, String> query) {
    byte[] bytes = content.versions.get(query.get("version")).get(query.get("path"));
    if (bytes == null) {
      return error(404, "RESOURCE_DOES_NOT_EXIST", "No such artifact: '" + query.get("path") + "'");
    }
    boolean cut = content.cut && query.get("path").endsWith(".data");
    byte[] sent = cut ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    return new Reply(200, Map.of("Content-Type", "application/octet-stream"), sent, false);
  }

  /** The file MLmodel of a model of these forms. */
  public static byte[] description(String... flavors) {
    StringBuilder text =
        new StringBuilder("artifact_path: mlflow-artifacts:/1/models/m/artifacts\nflavors:\n");
    for (String flavor : flavors) {
      text.append("  ")
          .append(flavor)
          .append(":\n    code: null\n    data: ")
          .append(flavor.equals("onnx") ? "model.onnx" : "model.pkl")
          .append('\n');
    }
    return text.append("mlflow_version: 3.17.2\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** An ONNX file that keeps a weight in another. */
  public static byte[] onnx(String weights) {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(
            GraphProto.newBuilder()
                .addNode(NodeProto.newBuilder().setOpType("Relu").addInput("x").addOutput("y"))
                .addInitializer(
                    TensorProto.newBuilder()
                        .setName("w")
                        .addDims(1)
                        .setDataType(TensorProto.DataType.FLOAT.getNumber())
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(
                            StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(weights))))
        .build()
        .toByteArray();
  }
}
