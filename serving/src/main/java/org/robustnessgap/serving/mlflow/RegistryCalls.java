package org.robustnessgap.serving.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.CallFailure.Kind;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.Json;

/** The few calls of MLflow's REST interface that fetching a model takes. */
final class RegistryCalls {
  private static final String API = "/api/2.0/mlflow";
  private static final String MODEL_ID = "models:/m-";

  private final String tracking;
  private final HttpCalls calls;

  /**
   * @param tracking address of the tracking server
   */
  RegistryCalls(URI tracking, HttpCalls calls) {
    String address = tracking.toString();
    this.tracking = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    this.calls = calls;
  }

  /** Which version an address means now. */
  RegisteredVersion version(RegistryAddress address) throws CallFailure {
    String name = address.name();
    URI asked =
        address.alias() == null
            ? uri(
                API + "/model-versions/get",
                Map.of("name", name, "version", String.valueOf(address.version())))
            : uri(API + "/registered-models/alias", Map.of("name", name, "alias", address.alias()));
    JsonNode found = Json.treeOrMissing(calls.get(asked).body()).path("model_version");
    String version = found.path("version").asText("");
    if (version.isEmpty()) {
      throw new CallFailure(
          Kind.FOREIGN, asked.getAuthority() + " gave an answer without a version of a model");
    }
    return new RegisteredVersion(name, version, found.path("source").asText(""));
  }

  /**
   * Sizes of the files of a version, by their paths; empty where the registry keeps models as it
   * did before MLflow 3.
   */
  Map<String, Long> sizes(RegisteredVersion version) throws CallFailure {
    Map<String, Long> sizes = new HashMap<>();
    if (version.source().startsWith(MODEL_ID)) {
      String id = version.source().substring(MODEL_ID.length() - "m-".length());
      URI asked = uri(API + "/logged-models/" + encoded(id) + "/artifacts/directories", Map.of());
      for (JsonNode file : Json.treeOrMissing(calls.get(asked).body()).path("files")) {
        if (file.path("file_size").isNumber()) {
          sizes.put(file.path("path").asText(""), file.path("file_size").asLong());
        }
      }
    }
    return sizes;
  }

  /** Writes one of its files. */
  void fetch(RegisteredVersion version, String path, Path to) throws CallFailure {
    // The one way that needs no reading of where the files are.
    calls.download(
        uri(
            "/model-versions/get-artifact",
            Map.of("name", version.name(), "version", version.version(), "path", path)),
        to);
  }

  private URI uri(String path, Map<String, String> query) {
    String all =
        query.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey() + "=" + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    return URI.create(tracking + path + (all.isEmpty() ? "" : "?" + all));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
