package org.robustnessgap.engine.nd4j;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.Attributes;

/**
 * What a kernel sees of the node it computes. Every array it makes passes through here, so that all
 * but the outputs are freed. Arrays between nodes are dense and row-major.
 */
final class NodeRun {
  private static final long[] NONE = {};

  private final NodeProto node;
  private final Attributes attributes;
  private final @Nullable INDArray[] inputs;
  private final Lifetimes lifetimes;
  private final long largest;
  private final @Nullable INDArray[] outputs;

  /**
   * @param inputs null where an input is left out
   * @param largest elements that an output may have
   */
  NodeRun(
      NodeProto node,
      Attributes attributes,
      @Nullable INDArray[] inputs,
      Lifetimes lifetimes,
      long largest) {
    this.node = node;
    this.attributes = attributes;
    this.inputs = inputs;
    this.lifetimes = lifetimes;
    this.largest = largest;
    this.outputs = new INDArray[Math.max(1, node.getOutputCount())];
  }

  /** One for each output of the node; null where the kernel does not compute it. */
  @Nullable INDArray[] compute(Kernel kernel) {
    outputs[0] = kernel.compute(this);
    for (int index = 0; index < outputs.length; index++) {
      outputs[index] = outputs[index] == null ? null : dense(outputs[index]);
    }
    return outputs;
  }

  Attributes attributes() {
    return attributes;
  }

  int inputs() {
    return inputs.length;
  }

  int outputs() {
    return node.getOutputCount();
  }

  boolean hasInput(int index) {
    return index < inputs.length && inputs[index] != null;
  }

  INDArray input(int index) {
    if (!hasInput(index)) {
      throw refused("its input " + index + " is missing");
    }
    return inputs[index];
  }

  long[] integers(int index) {
    return HostMemory.longs(input(index));
  }

  boolean wants(int output) {
    return output < node.getOutputCount() && !node.getOutput(output).isEmpty();
  }

  /** Hands over an output after the first. */
  void output(int index, INDArray array) {
    outputs[index] = array;
  }

  /** An array that was made here, freed after the node unless it is an output. */
  INDArray own(INDArray made) {
    return lifetimes.made(made);
  }

  /** Runs a native operator with one output. */
  INDArray exec(String operator, INDArray... operands) {
    return exec(operator, NONE, new double[0], operands);
  }

  INDArray exec(String operator, long[] integers, double[] reals, INDArray... operands) {
    DynamicCustomOp op = new DynamicCustomOp(operator, operands, null);
    op.addIArgument(integers);
    op.addTArgument(reals);
    return own(Nd4j.exec(op)[0]);
  }

  /** Before attributes or constants that make no sense fill the memory. */
  void requireSize(long... shape) {
    long size = 1;
    for (long dimension : shape) {
      if (dimension > largest / size) {
        throw refused("shape " + Arrays.toString(shape) + " holds too many numbers");
      }
      size *= Math.max(1, dimension);
    }
  }

  /** An array to be filled. */
  INDArray uninitialized(DataType type, long... shape) {
    return own(Nd4j.createUninitialized(type, shape, 'c'));
  }

  INDArray number(DataType type, double value) {
    return own(Nd4j.scalar(type, value));
  }

  INDArray castTo(INDArray array, DataType type) {
    return array.dataType() == type ? array : own(array.castTo(type));
  }

  /** The same memory in another shape. */
  INDArray reshaped(INDArray array, long... shape) {
    if (Arrays.equals(array.shape(), shape)) {
      return array;
    }
    if (shape.length == 0 || array.isEmpty()) {
      return own(HostMemory.copy(array, shape));
    }
    return lifetimes.shared(array.reshape('c', shape), array);
  }

  /** A copy of a view, row-major; the array itself if it is that already. */
  INDArray dense(INDArray array) {
    if (array.isEmpty()
        || array.ordering() == 'c'
            && array.offset() == 0
            && Shape.hasDefaultStridesForShape(array)) {
      return array;
    }
    return own(array.dup('c'));
  }

  InvalidInputException refused(String why) {
    return refused(node, why);
  }

  static InvalidInputException refused(NodeProto node, String why) {
    return new InvalidInputException(
        "ND4J cannot run node " + describe(node) + ": " + why + "; pass --engine onnxruntime.");
  }

  static String describe(NodeProto node) {
    String output = node.getOutputCount() == 0 ? "without output" : node.getOutput(0);
    return (node.getName().isEmpty() ? output : node.getName()) + " (" + node.getOpType() + ")";
  }
}
