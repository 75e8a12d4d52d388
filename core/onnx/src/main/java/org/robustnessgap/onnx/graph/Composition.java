package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.StableApi;

/** Joins generator and classifier into one model, so that latent search runs as one graph. */
@StableApi
public final class Composition {
  private Composition() {}

  /**
   * f∘g: z ↦ f(g(z)).
   *
   * @throws InvalidInputException if the output of g does not fit the input of f
   */
  public static OnnxModel of(OnnxModel generator, OnnxModel classifier) {
    requireFit(generator, classifier);
    OnnxModel g = renamed(generator, "generator/");
    OnnxModel f = renamed(classifier, "classifier/");
    String image = g.output().name();
    String read = f.input().name();

    Map<String, TensorProto> initializers = new LinkedHashMap<>(g.initializers());
    initializers.putAll(f.initializers());
    List<NodeProto> nodes = new ArrayList<>(g.nodes());
    f.nodes()
        .forEach(
            node -> nodes.add(Subgraphs.renamed(node, name -> name.equals(read) ? image : name)));
    return new OnnxModel(
        classifier.name() + "∘" + generator.name(),
        g.opset().and(f.opset()),
        g.inputs(),
        f.outputs(),
        nodes,
        initializers);
  }

  private static void requireFit(OnnxModel generator, OnnxModel classifier) {
    List<Long> out = generator.output().shape();
    List<Long> in = classifier.input().shape();
    if (out == null || in == null) {
      return;
    }
    boolean fits = out.size() == in.size();
    // The first axis is the batch.
    for (int axis = 1; fits && axis < out.size(); axis++) {
      fits = out.get(axis) < 0 || in.get(axis) < 0 || out.get(axis).equals(in.get(axis));
    }
    if (!fits) {
      throw new InvalidInputException(
          String.format(
              "Generator %s makes images of shape %s but classifier %s takes %s; both must speak of the same images. What is done to them in between, such as another layout or size, --contract or its options say (in a campaign: \"input\"); inspect proposes them.",
              generator.name(), shape(out), classifier.name(), shape(in)));
    }
  }

  private static String shape(List<Long> shape) {
    return "["
        + String.join(", ", shape.stream().map(d -> d < 0 ? "n" : d.toString()).toList())
        + "]";
  }

  private static OnnxModel renamed(OnnxModel model, String prefix) {
    UnaryOperator<String> rename = name -> prefix + name;
    Map<String, TensorProto> initializers = new LinkedHashMap<>();
    model
        .initializers()
        .forEach(
            (name, tensor) ->
                initializers.put(prefix + name, tensor.toBuilder().setName(prefix + name).build()));
    return new OnnxModel(
        model.name(),
        model.opset(),
        model.inputs().stream().map(value -> renamed(value, rename)).toList(),
        model.outputs().stream().map(value -> renamed(value, rename)).toList(),
        model.nodes().stream().map(node -> Subgraphs.renamed(node, rename)).toList(),
        initializers);
  }

  private static OnnxModel.Value renamed(OnnxModel.Value value, UnaryOperator<String> rename) {
    return new OnnxModel.Value(rename.apply(value.name()), value.elementType(), value.shape());
  }
}
