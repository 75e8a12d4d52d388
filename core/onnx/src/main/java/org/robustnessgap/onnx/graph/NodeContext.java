package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;

/** What every rule sees of its node, and how it adds others, whatever it makes of it. */
public abstract class NodeContext {
  private final NodeProto node;
  private final Attributes attributes;

  protected NodeContext(NodeProto node) {
    this.node = node;
    this.attributes = new Attributes(node);
  }

  public NodeProto node() {
    return node;
  }

  public Attributes attributes() {
    return attributes;
  }

  public int inputs() {
    return node.getInputCount();
  }

  public String input(int index) {
    return node.getInput(index);
  }

  public boolean hasInput(int index) {
    return index < node.getInputCount() && !node.getInput(index).isEmpty();
  }

  public int outputs() {
    return node.getOutputCount();
  }

  public String output(int index) {
    return node.getOutput(index);
  }

  /** Where new nodes and constants go. */
  public abstract GraphBuilder builder();

  /** Adds a node of a standard operator, of one output, and returns that. */
  public String emit(String operator, List<String> inputs, AttributeProto... with) {
    return builder().emit(operator, inputs, with);
  }

  public String add(String a, String b) {
    return emit("Add", List.of(a, b));
  }

  public String sub(String a, String b) {
    return emit("Sub", List.of(a, b));
  }

  public String mul(String a, String b) {
    return emit("Mul", List.of(a, b));
  }

  /** An operator of one input without attributes. */
  public String unary(String operator, String a) {
    return emit(operator, List.of(a));
  }

  /** A float32 scalar. */
  public String number(double value) {
    return builder().scalar((float) value);
  }

  /** A node for people: by its name, else by what it computes. */
  public static String describe(NodeProto node) {
    return describe(node, "without output");
  }

  /**
   * The same for any node.
   *
   * @param otherwise what to call one without a name that computes nothing
   */
  public static String describe(NodeProto node, String otherwise) {
    String output =
        node.getOutputList().stream().filter(name -> !name.isEmpty()).findFirst().orElse(otherwise);
    String name = node.getName().isEmpty() ? output : node.getName();
    return name + " (" + node.getOpType() + ")";
  }
}
