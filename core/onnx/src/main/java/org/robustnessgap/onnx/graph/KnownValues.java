package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of a model's values, learned when first asked for. */
public final class KnownValues {
  private final OnnxModel model;
  private final ValueShapes.Probe probe;
  private final Set<String> read = new HashSet<>();
  private @Nullable ValueShapes shapes;
  private @Nullable Map<String, TensorProto> constants;

  public KnownValues(OnnxModel model, ValueShapes.Probe probe) {
    this.model = model;
    this.probe = probe;
    model.nodes().forEach(node -> read.addAll(Subgraphs.reads(node)));
    model.outputs().forEach(output -> read.add(output.name()));
  }

  public String model() {
    return model.name();
  }

  public long opset() {
    return model.opset().version();
  }

  public boolean isRead(String value) {
    return read.contains(value);
  }

  public ValueShapes shapes() {
    if (shapes == null) {
      shapes = ValueShapes.ofAllowedBatches(model, probe);
    }
    return shapes;
  }

  public Optional<TensorProto> constant(String value) {
    if (model.initializers().containsKey(value)) {
      return Optional.of(model.initializers().get(value));
    }
    if (constants == null) {
      constants = ConstantFolding.constants(model, shapes(), probe);
    }
    return Optional.ofNullable(constants.get(value));
  }

  /** Of a value that changes at most with the batch, at two sizes of that; else empty. */
  public List<TensorProto> atEachBatch(String value) {
    return constant(value)
        .map(List::of)
        .orElseGet(() -> ConstantFolding.atEachBatch(model, shapes(), probe, value));
  }
}
