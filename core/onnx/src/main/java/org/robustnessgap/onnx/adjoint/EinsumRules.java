package org.robustnessgap.onnx.adjoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * The rule of Einsum. The gradient of one operand is a sum of products too: of the cotangent with
 * all other operands, over every letter that this one lacks.
 */
final class EinsumRules {
  private static final Pattern EQUATION =
      Pattern.compile("([A-Za-z.]*(?:,[A-Za-z.]*)*)(?:->([A-Za-z.]*))?");

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private static final String ELLIPSIS = "...";

  private final AdjointContext node;
  private final List<String> operands;
  private final String output;

  private EinsumRules(AdjointContext node, List<String> operands, String output) {
    this.node = node;
    this.operands = operands;
    this.output = output;
  }

  static void einsum(AdjointContext node) {
    EinsumRules equation = parse(node);
    for (int index = 0; index < node.inputs(); index++) {
      if (node.active(index)) {
        equation.differentiate(index);
      }
    }
  }

  private static EinsumRules parse(AdjointContext node) {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    Matcher matcher = EQUATION.matcher(equation);
    if (!matcher.matches()) {
      throw node.refused("its equation " + equation + " cannot be read");
    }
    String[] terms = matcher.group(1).split(",", -1);
    if (terms.length != node.inputs()) {
      throw node.refused("its equation " + equation + " is for another number of operands");
    }
    String free = unused(equation);
    List<String> operands = new ArrayList<>();
    int widest = 0;
    for (int index = 0; index < terms.length; index++) {
      int axes = node.shape(node.input(index)).length - terms[index].replace(ELLIPSIS, "").length();
      if (axes < 0 || axes > free.length() || axes > 0 && !terms[index].contains(ELLIPSIS)) {
        throw node.refused("its equation " + equation + " does not fit its operands");
      }
      operands.add(terms[index].replace(ELLIPSIS, lastOf(free, axes)));
      widest = Math.max(widest, axes);
    }
    String output =
        matcher.group(2) == null
            ? lastOf(free, widest) + onceIn(String.join("", terms))
            : matcher.group(2).replace(ELLIPSIS, lastOf(free, widest));
    return new EinsumRules(node, operands, output);
  }

  /** The axes of an ellipsis are counted from the last. */
  private static String lastOf(String letters, int count) {
    return letters.substring(letters.length() - count);
  }

  /** The output that an equation without arrow means. */
  private static String onceIn(String letters) {
    StringBuilder once = new StringBuilder();
    letters
        .chars()
        .filter(letter -> letter != '.' && letters.indexOf(letter) == letters.lastIndexOf(letter))
        .sorted()
        .forEach(letter -> once.append((char) letter));
    return once.toString();
  }

  private static String unused(String taken) {
    StringBuilder free = new StringBuilder();
    LETTERS
        .chars()
        .filter(letter -> taken.indexOf(letter) < 0)
        .forEach(letter -> free.append((char) letter));
    return free.toString();
  }

  private void differentiate(int index) {
    String own = operands.get(index);
    long[] shape = node.shape(node.input(index));
    List<String> inputs = new ArrayList<>(List.of(node.cotangent()));
    List<String> terms = new ArrayList<>(List.of(output));
    for (int other = 0; other < operands.size(); other++) {
      if (other != index) {
        inputs.add(node.input(other));
        terms.add(operands.get(other));
      }
    }
    String elsewhere = String.join("", terms);
    String free = unused(String.join("", operands) + output);
    StringBuilder result = new StringBuilder();
    for (int axis = 0; axis < own.length(); axis++) {
      String letter = own.substring(axis, axis + 1);
      boolean repeated = result.indexOf(letter) >= 0;
      if (shape[axis] == 1 && !repeated) {
        // Left out, and so summed over, if another operand is longer there.
        continue;
      }
      if (repeated) {
        // The gradient of a diagonal lies on the diagonal.
        String twin = free.substring(0, 1);
        free = free.substring(1);
        inputs.add(identity(size(letter, shape[axis])));
        terms.add(letter + twin);
        letter = twin;
      } else if (elsewhere.indexOf(letter) < 0) {
        inputs.add(ones(size(letter, shape[axis])));
        terms.add(letter);
      }
      result.append(letter);
    }
    String gradient =
        node.emit(
            "Einsum", inputs, Attributes.of("equation", String.join(",", terms) + "->" + result));
    node.contribute(
        index,
        result.length() == own.length()
            ? gradient
            : node.reshapedLike(gradient, node.input(index)));
  }

  private int size(String letter, long size) {
    if (size == ValueShapes.BATCH) {
      throw node.refused("it sums over the batch " + letter);
    }
    return node.side(size);
  }

  private String ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return node.builder().floats(ones, size);
  }

  private String identity(int size) {
    float[] identity = new float[size * size];
    for (int i = 0; i < size; i++) {
      identity[i * size + i] = 1;
    }
    return node.builder().floats(identity, size, size);
  }
}
