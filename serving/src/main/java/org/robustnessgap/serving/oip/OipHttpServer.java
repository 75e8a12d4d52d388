package org.robustnessgap.serving.oip;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.InferenceTransport;
import org.robustnessgap.serving.call.Json;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.ModelServer;

/** A server of the Open Inference Protocol over HTTP. */
public final class OipHttpServer implements ModelServer {
  private final OipAddress address;
  private final HttpCalls calls;

  public OipHttpServer(OipAddress address, HttpCalls calls) {
    this.address = address;
    this.calls = calls;
  }

  @Override
  public ModelMetadata metadata() throws CallFailure {
    JsonNode model = Json.treeOrMissing(calls.get(address.http()).body());
    List<String> versions = new ArrayList<>();
    model.path("versions").forEach(version -> versions.add(version.asText("")));
    return new ModelMetadata(
        server(),
        model.path("platform").asText(""),
        versions,
        tensors(model.path("inputs")),
        tensors(model.path("outputs")));
  }

  /** Some gateways let nothing through but models. */
  private @Nullable String server() {
    try {
      JsonNode server = Json.treeOrMissing(calls.get(address.server()).body());
      String name = server.path("name").asText("");
      return name.isEmpty() ? null : (name + " " + server.path("version").asText("")).strip();
    } catch (CallFailure e) {
      return null;
    }
  }

  private static List<ModelMetadata.Tensor> tensors(JsonNode list) {
    List<ModelMetadata.Tensor> tensors = new ArrayList<>();
    for (JsonNode each : list) {
      List<Long> shape = new ArrayList<>();
      each.path("shape").forEach(size -> shape.add(size.asLong()));
      tensors.add(
          new ModelMetadata.Tensor(
              each.path("name").asText(""), each.path("datatype").asText(""), shape));
    }
    return tensors;
  }

  @Override
  public List<InferenceTransport> transports() {
    return List.of(
        HttpTransport.json(calls, address.http()), HttpTransport.bytes(calls, address.http()));
  }

  @Override
  public void close() {
    // The client's connections end with it.
  }
}
