package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.batch.OpenBatch;
import org.robustnessgap.onnx.control.Branches;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.NodeContext;
import org.robustnessgap.onnx.graph.OnnxFile;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.OperatorSets;
import org.robustnessgap.onnx.graph.Subgraphs;
import org.robustnessgap.onnx.graph.ValueShapes;
import org.robustnessgap.onnx.input.ContractNodes;
import org.robustnessgap.onnx.input.ModelInputs;
import org.robustnessgap.onnx.input.SettledContract;
import org.robustnessgap.onnx.integer.IntegerArithmetic;
import org.robustnessgap.onnx.integer.PixelCasts;
import org.robustnessgap.onnx.integer.WholeNumbers;
import org.robustnessgap.onnx.lowering.Lowering;
import org.robustnessgap.onnx.lowering.StepBudget;
import org.robustnessgap.onnx.scores.ScoreOutput;

/**
 * Brings a model, as exporters write it, to the form that can be attacked: one float32 input and
 * one float32 output, the first axis of both open, no branches.
 */
@StableApi
public final class ModelImport {
  /** Of operators on channels in blocks, which ONNX Runtime writes for its own use. */
  private static final String ONE_MACHINE = "com.microsoft.nchwc";

  private ModelImport() {}

  /**
   * Reads a file.
   *
   * @param probe runs models, to learn which branch they take and what they do with larger batches
   * @throws InvalidInputException if there is no such file, it is no ONNX model, its weights are
   *     missing, or it cannot be brought to this form
   */
  public static OnnxModel read(Path file, ValueShapes.Probe probe) {
    return read(file, ModelOptions.NONE, List.of(), probe);
  }

  /**
   * The same, where the file leaves more open than its batch.
   *
   * @param options what its user says of it
   * @param image shape of one image that it is used with, for sizes that the file leaves open;
   *     empty if unknown
   */
  public static OnnxModel read(
      Path file, ModelOptions options, List<Long> image, ValueShapes.Probe probe) {
    return read(file, options, null, image, probe);
  }

  /**
   * The same, behind what is done to images before the file gets them.
   *
   * @param contract null for nothing
   * @param image shape of one image before that; empty if unknown
   * @throws InvalidInputException also if the contract does not fit images or file
   */
  public static OnnxModel read(
      Path file,
      ModelOptions options,
      @Nullable InputContract contract,
      List<Long> image,
      ValueShapes.Probe probe) {
    return of(stated(file, options), options, contract, image, probe);
  }

  /**
   * What is done to images before a model gets them that is not here: its input contract alone, as
   * a model from pixels to what is sent.
   *
   * @param name what messages call it
   * @param wanted shape of one image as the model takes it
   * @param ofWholeNumbers whether it takes whole numbers from 0 to 255
   * @param contract what is done to images
   * @param image shape of one image before that; empty if unknown
   * @param probe runs models
   * @throws InvalidInputException if the contract does not fit images or model
   */
  public static OnnxModel preparation(
      String name,
      List<Long> wanted,
      boolean ofWholeNumbers,
      InputContract contract,
      List<Long> image,
      ValueShapes.Probe probe) {
    List<Long> shape = new ArrayList<>(List.of(-1L));
    shape.addAll(wanted);
    int type = ofWholeNumbers ? DataType.UINT8_VALUE : DataType.FLOAT_VALUE;
    NodeProto same =
        NodeProto.newBuilder()
            .setOpType("Cast")
            .setName("sent")
            .addInput("image")
            .addOutput("sent")
            .addAttribute(Attributes.of("to", (long) DataType.FLOAT_VALUE))
            .build();
    OnnxModel identity =
        new OnnxModel(
            name,
            OnnxModel.OPSET,
            List.of(new OnnxModel.Value("image", type, shape)),
            List.of(new OnnxModel.Value("sent", DataType.FLOAT_VALUE, shape)),
            List.of(same),
            Map.of());
    return of(identity, ModelOptions.NONE, contract, image, probe);
  }

  /** A file as it is, but with what its user says of its output and its further inputs. */
  static OnnxModel stated(Path file, ModelOptions options) {
    return stated(OnnxModel.nameOf(file), OnnxFile.parse(file), OnnxFile.folderOf(file), options);
  }

  static OnnxModel stated(String name, ModelProto proto, Path directory, ModelOptions options) {
    OnnxModel stated = OnnxFile.stated(name, proto, directory);
    requirePortable(stated);
    OnnxModel meant = withInputsRead(ScoreOutput.only(stated, options.output()).pruned());
    return ModelInputs.fixed(meant, options, proto.getGraph());
  }

  /** Goes on from {@link #stated}. */
  static OnnxModel of(
      OnnxModel stated,
      ModelOptions options,
      @Nullable InputContract contract,
      List<Long> image,
      ValueShapes.Probe probe) {
    if (contract == null || stated.inputs().size() != 1) {
      return imported(ModelInputs.sized(stated, ModelInputs.size(options, image)), probe);
    }
    SettledContract settled =
        SettledContract.of(
            stated.name(), contract, stated.inputs().get(0), options.imageSize(), image);
    OnnxModel sized = ModelInputs.sized(stated, settled.wanted().in(settled.to()));
    return ContractNodes.before(imported(sized, probe), settled);
  }

  private static OnnxModel imported(OnnxModel sized, ValueShapes.Probe probe) {
    boolean ofIntegers =
        sized.inputs().size() == 1 && WholeNumbers.isInteger(sized.inputs().get(0).elementType());
    OnnxModel named = withAllOutputs(sized);
    OnnxModel model = ofIntegers ? withFloatInput(named) : named;
    StepBudget budget = new StepBudget();
    OnnxModel standard = OperatorSets.upgrade(Branches.taken(model, budget, probe));
    OnnxModel held = ofIntegers ? standard : PixelCasts.bounded(standard);
    OnnxModel real = IntegerArithmetic.real(held, ofIntegers, probe);
    return OpenBatch.of(Lowering.of(real, budget, probe), probe);
  }

  /** Weights in blocks as wide as a processor's registers mean nothing elsewhere. */
  private static void requirePortable(OnnxModel model) {
    model.nodes().stream()
        .filter(node -> node.getDomain().equals(ONE_MACHINE))
        .findFirst()
        .ifPresent(
            node -> {
              throw new InvalidInputException(
                  String.format(
                      "Node %s of %s is %s: this file was optimised for one machine; use the file before optimisation.",
                      NodeContext.describe(node), model.name(), Operator.of(node)));
            });
  }

  /** ONNX Runtime 1.29 dies of a Loop with an output that has no name. */
  private static OnnxModel withAllOutputs(OnnxModel model) {
    String prefix = model.unusedPrefix("unread/");
    List<NodeProto> nodes = new ArrayList<>();
    int count = 0;
    for (NodeProto node : model.nodes()) {
      NodeProto.Builder named = node.toBuilder();
      for (int i = 0; Subgraphs.has(node) && i < node.getOutputCount(); i++) {
        if (node.getOutput(i).isEmpty()) {
          named.setOutput(i, prefix + count++);
        }
      }
      nodes.add(named.build());
    }
    return count == 0 ? model : model.withNodes(nodes, Map.of());
  }

  /** With real numbers as pixels, of which its first node makes integers. */
  private static OnnxModel withFloatInput(OnnxModel model) {
    OnnxModel.Value input = model.inputs().get(0);
    String integers = model.unusedPrefix("integers/") + input.name();
    List<NodeProto> nodes = new ArrayList<>();
    nodes.add(
        NodeProto.newBuilder()
            .setOpType("Cast")
            .setName(integers)
            .addInput(input.name())
            .addOutput(integers)
            .addAttribute(Attributes.of("to", (long) input.elementType()))
            .build());
    for (NodeProto node : model.nodes()) {
      nodes.add(Subgraphs.renamed(node, name -> name.equals(input.name()) ? integers : name));
    }
    return new OnnxModel(
        model.name(),
        model.opset(),
        List.of(new OnnxModel.Value(input.name(), DataType.FLOAT_VALUE, input.shape())),
        model.outputs(),
        nodes,
        model.initializers());
  }

  /** Without inputs that nothing reads, unless none would be left. */
  private static OnnxModel withInputsRead(OnnxModel model) {
    Set<String> read = new HashSet<>();
    model.nodes().forEach(node -> read.addAll(Subgraphs.reads(node)));
    List<OnnxModel.Value> inputs =
        model.inputs().stream().filter(input -> read.contains(input.name())).toList();
    return inputs.isEmpty() || inputs.size() == model.inputs().size()
        ? model
        : new OnnxModel(
            model.name(),
            model.opset(),
            inputs,
            model.outputs(),
            model.nodes(),
            model.initializers());
  }
}
