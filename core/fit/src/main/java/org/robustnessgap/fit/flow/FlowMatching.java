package org.robustnessgap.fit.flow;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.fit.training.Trainable;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * The loss by which a velocity field is found (Lipman, Chen, Ben-Hamu, Nickel, Le 2023): ‖v((1 − t)
 * z + t y, t) − (y − z)‖²/d for z ~ N(0, I_d), y of the wanted distribution and t uniform in [0,
 * 1]. Where it is least, dx/dt = v(x, t) takes x(0) ~ N(0, I_d) to x(1) of that distribution. It
 * does not become 0, since many pairs (z, y) go through one point.
 */
public record FlowMatching(VelocityField field) {
  /** Values of a row: x, features of t, and y − z. */
  int rowWidth() {
    return 2 * field.dimension() + VelocityField.FEATURES;
  }

  /** With its loss, and weights to begin with. A row is as {@link FlowBatches} has it. */
  public Trainable trainable(long seed) {
    Map<String, TensorProto> weights = field.drawn(new SplittableRandom(seed));
    int d = field.dimension();
    GraphBuilder graph = new GraphBuilder("flow/");
    List<String> parts =
        graph.emitAll(
            "Split",
            3,
            List.of("rows", graph.longs(d, VelocityField.FEATURES, d)),
            Attributes.of("axis", 1L));
    String velocity = field.apply(graph, parts.get(0), parts.get(1));
    String rest = graph.emit("Sub", List.of(velocity, parts.get(2)));
    String squares =
        graph.emit("ReduceSumSquare", List.of(rest, graph.longs(1)), Attributes.of("keepdims", 1L));
    String loss = graph.emit("Mul", List.of(squares, graph.scalar(1f / d)));
    Map<String, TensorProto> constants = new LinkedHashMap<>(weights);
    constants.putAll(graph.constants());
    OnnxModel model =
        new OnnxModel(
            "flow",
            OnnxModel.OPSET,
            List.of(
                new OnnxModel.Value(
                    "rows", TensorProto.DataType.FLOAT_VALUE, List.of(-1L, (long) rowWidth()))),
            List.of(new OnnxModel.Value(loss, TensorProto.DataType.FLOAT_VALUE, List.of(-1L, 1L))),
            graph.nodes(),
            constants);
    return new Trainable(model, List.copyOf(weights.keySet()));
  }
}
