package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxFile;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Opset;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.input.FirstNodes;
import org.robustnessgap.onnx.input.ProposedContract;

/**
 * What a file holds, and whether it can be attacked.
 *
 * @param producer the program that wrote it; empty if it does not say
 * @param opset version of the standard operators; −1 if it names none
 * @param inputs as declared, without weights
 * @param parameters numbers in its weights
 * @param operators how many nodes it has of each operator
 * @param attacked the output that is attacked; null if there is none
 * @param scores the value that a search goes by, if it is another than that output, or what stands
 *     for it; null if it is that output
 * @param straightThrough nodes whose gradient is an estimate, each with its operator
 * @param obstacles nodes in the way of differentiation, each with its operator
 * @param proposed what is to be done to images before it gets them, as far as it tells; null if it
 *     cannot be read that far
 * @param refusal why it cannot be differentiated, in one sentence; null if it can
 */
public record Inspection(
    String producer,
    long opset,
    List<OnnxModel.Value> inputs,
    List<OnnxModel.Value> outputs,
    long parameters,
    Map<String, Integer> operators,
    @Nullable String attacked,
    @Nullable String scores,
    List<String> straightThrough,
    List<String> obstacles,
    @Nullable ProposedContract proposed,
    @Nullable String refusal) {
  public Inspection {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    operators = Collections.unmodifiableMap(new TreeMap<>(operators));
    straightThrough = List.copyOf(straightThrough);
    obstacles = List.copyOf(obstacles);
  }

  /**
   * Looks at a file.
   *
   * @param options what its user says of it
   * @param contract what is done to images before the file gets them; null for nothing
   * @param probe runs models, to learn shapes
   * @param load makes a model ready to run, to see that the runtime takes it
   * @throws InvalidInputException if there is no such file or it is no ONNX model
   */
  public static Inspection of(
      Path file,
      ModelOptions options,
      @Nullable InputContract contract,
      ValueShapes.Probe probe,
      Consumer<OnnxModel> load) {
    ModelProto proto = OnnxFile.parse(file);
    List<String> obstacles = List.of();
    List<String> straightThrough = List.of();
    String refusal = null;
    ProposedContract proposed = null;
    String output = null;
    String scores = null;
    try {
      OnnxModel stated =
          ModelImport.stated(OnnxModel.nameOf(file), proto, OnnxFile.folderOf(file), options);
      if (stated.inputs().size() == 1) {
        proposed = ProposedContract.of(FirstNodes.of(stated));
      }
      OnnxModel model = ModelImport.of(stated, options, contract, List.of(), probe);
      output = model.output().name();
      ClassifierModel classifier = ClassifierModel.of(model, options, probe);
      scores = scores(model, classifier);
      Differentiator differentiator = Differentiator.of(classifier.scores(), probe);
      obstacles = differentiator.obstacles();
      straightThrough = differentiator.straightThrough();
      load.accept(differentiator.differentiated());
    } catch (InvalidInputException e) {
      refusal = e.getMessage();
    }
    Set<String> weights =
        proto.getGraph().getInitializerList().stream()
            .map(TensorProto::getName)
            .collect(Collectors.toSet());
    Map<String, Integer> operators = new TreeMap<>();
    for (NodeProto node : proto.getGraph().getNodeList()) {
      operators.merge(node.getOpType(), 1, Integer::sum);
    }
    return new Inspection(
        (proto.getProducerName() + " " + proto.getProducerVersion()).strip(),
        Opset.version(proto.getOpsetImportList()),
        proto.getGraph().getInputList().stream()
            .filter(input -> !weights.contains(input.getName()))
            .map(OnnxModel.Value::of)
            .toList(),
        proto.getGraph().getOutputList().stream().map(OnnxModel.Value::of).toList(),
        proto.getGraph().getInitializerList().stream().mapToLong(Inspection::size).sum(),
        operators,
        output,
        scores,
        straightThrough,
        obstacles,
        proposed,
        refusal);
  }

  /** What the search goes by, for people; null if it is the output. */
  private static @Nullable String scores(OnnxModel model, ClassifierModel classifier) {
    String searched = classifier.scores().output().name();
    boolean isOfModel =
        model.nodes().stream().anyMatch(node -> node.getOutputList().contains(searched));
    if (searched.equals(model.output().name())) {
      return null;
    }
    return isOfModel
        ? searched + ", before what flattens it"
        : classifier.answersOtherwise()
            ? "logarithms of the probabilities, or a score beside the threshold"
            : "part of the output, or two classes of one number";
  }

  private static long size(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }

  public boolean differentiable() {
    return refusal == null;
  }
}
