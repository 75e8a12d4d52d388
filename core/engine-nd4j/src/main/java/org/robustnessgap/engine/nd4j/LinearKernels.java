package org.robustnessgap.engine.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products. */
final class LinearKernels {
  private LinearKernels() {}

  static INDArray gemm(NodeRun node) {
    INDArray product =
        node.exec(
            "matmul",
            new long[] {
              node.attributes().integer("transA", 0), node.attributes().integer("transB", 0), 0
            },
            new double[0],
            node.input(0),
            node.input(1));
    float alpha = node.attributes().real("alpha", 1);
    float beta = node.attributes().real("beta", 1);
    if (alpha != 1) {
      product.muli(alpha);
    }
    if (!node.hasInput(2) || beta == 0) {
      return product;
    }
    INDArray bias = beta == 1 ? node.input(2) : node.own(node.input(2).mul(beta));
    return ElementwiseKernels.broadcast(node, "add", product, bias);
  }

  static INDArray matMul(NodeRun node) {
    return product(node, node.input(0), node.input(1));
  }

  /** Of matrices in the last two axes, the others broadcast; vectors as NumPy takes them. */
  static INDArray product(NodeRun node, INDArray a, INDArray b) {
    if (a.rank() == 1) {
      INDArray rows = product(node, node.reshaped(a, 1, a.length()), b);
      return node.reshaped(rows, without(rows.shape(), rows.rank() - (b.rank() == 1 ? 1 : 2)));
    }
    if (b.rank() == 1) {
      INDArray columns = product(node, a, node.reshaped(b, b.length(), 1));
      return node.reshaped(columns, without(columns.shape(), columns.rank() - 1));
    }
    long inner = a.size(-1);
    if (inner != b.size(-2)) {
      throw node.refused(
          "matrices of shapes "
              + Arrays.toString(a.shape())
              + " and "
              + Arrays.toString(b.shape())
              + " do not fit");
    }
    long[] shape = with(leading(a), a.size(-2), b.size(-1));
    if (b.rank() == 2) {
      INDArray rows = node.reshaped(a, a.length() / inner, inner);
      return node.reshaped(node.exec("matmul", rows, b), shape);
    }
    long[] batch = Broadcasting.shape(node, leading(a), leading(b));
    long count = Broadcasting.size(batch);
    INDArray left = Broadcasting.to(node, a, with(batch, a.size(-2), inner));
    INDArray right = Broadcasting.to(node, b, with(batch, inner, b.size(-1)));
    INDArray products =
        node.exec(
            "matmul",
            node.reshaped(left, count, a.size(-2), inner),
            node.reshaped(right, count, inner, b.size(-1)));
    return node.reshaped(products, with(batch, a.size(-2), b.size(-1)));
  }

  private static long[] leading(INDArray array) {
    return Arrays.copyOf(array.shape(), array.rank() - 2);
  }

  private static long[] with(long[] leading, long... last) {
    long[] shape = Arrays.copyOf(leading, leading.length + last.length);
    System.arraycopy(last, 0, shape, leading.length, last.length);
    return shape;
  }

  private static long[] without(long[] shape, int axis) {
    long[] fewer = new long[shape.length - 1];
    System.arraycopy(shape, 0, fewer, 0, axis);
    System.arraycopy(shape, axis + 1, fewer, axis, fewer.length - axis);
    return fewer;
  }

  /** An operand, and the letters of its axes. */
  private record Term(INDArray array, String letters) {
    long size(char letter) {
      int axis = letters.indexOf(letter);
      return axis < 0 ? 1 : array.size(axis);
    }
  }

  /** Two operands at a time, each as one product of batches of matrices. */
  static INDArray einsum(NodeRun node) {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    String[] sides = equation.split("->", 2);
    String[] operands = sides[0].split(",", -1);
    if (operands.length != node.inputs()) {
      throw node.refused("its equation " + equation + " is not of " + node.inputs() + " operands");
    }
    List<Term> terms = new ArrayList<>();
    String stretching = "";
    for (int index = 0; index < operands.length; index++) {
      int named = operands[index].replace("...", "").length();
      int more = operands[index].contains("...") ? node.input(index).rank() - named : 0;
      String unnamed = unnamed(Math.max(more, 0));
      stretching = unnamed.length() > stretching.length() ? unnamed : stretching;
      String letters = operands[index].replace("...", unnamed);
      if (letters.length() != node.input(index).rank()) {
        throw node.refused("in its equation " + equation + " an operand has other axes");
      }
      terms.add(diagonal(node, new Term(node.input(index), letters)));
    }
    String read = sides[0].replace("...", "").replace(",", "");
    String output =
        sides.length == 2 ? sides[1].replace("...", stretching) : stretching + once(read);
    Term result = terms.get(0);
    for (int index = 1; index < terms.size(); index++) {
      String later =
          terms.subList(index + 1, terms.size()).stream()
              .map(Term::letters)
              .collect(Collectors.joining());
      result = product(node, result, terms.get(index), later + output);
    }
    return permuted(node, summed(node, result, output), output).array();
  }

  /** Letters for the axes that an ellipsis stands for, the last axis always the same. */
  private static String unnamed(int count) {
    return letters(IntStream.rangeClosed(1, count).map(axis -> '\uf000' - count + axis).toArray());
  }

  /** In alphabetical order, the letters that are there once. */
  private static String once(String letters) {
    return letters(
        letters
            .chars()
            .filter(c -> letters.indexOf(c) == letters.lastIndexOf(c))
            .sorted()
            .toArray());
  }

  /** Of axes with the same letter, the elements with the same index along each. */
  private static Term diagonal(NodeRun node, Term term) {
    String letters = letters(term.letters().chars().distinct().toArray());
    if (letters.length() == term.letters().length()) {
      return term;
    }
    long[] shape = letters.chars().mapToLong(c -> term.size((char) c)).toArray();
    int[] positions = new int[Math.toIntExact(Broadcasting.size(shape))];
    for (int i = 0; i < positions.length; i++) {
      long[] index = new long[shape.length];
      long rest = i;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        index[axis] = rest % shape[axis];
        rest /= shape[axis];
      }
      long position = 0;
      for (int axis = 0; axis < term.letters().length(); axis++) {
        long along = index[letters.indexOf(term.letters().charAt(axis))];
        position = position * term.array().size(axis) + along;
      }
      positions[i] = (int) position;
    }
    return new Term(node.own(HostMemory.take(term.array(), positions, 0, shape)), letters);
  }

  private static Term product(NodeRun node, Term a, Term b, String kept) {
    Term left = summed(node, a, b.letters() + kept);
    Term right = summed(node, b, a.letters() + kept);
    String shared = common(left.letters(), right.letters());
    String batch = common(shared, kept);
    String inner = minus(shared, kept);
    String rows = minus(left.letters(), shared);
    String columns = minus(right.letters(), shared);
    INDArray product =
        node.exec(
            "matmul",
            matrices(node, left, right, batch, rows, inner),
            matrices(node, right, left, batch, inner, columns));
    String letters = batch + rows + columns;
    long[] shape =
        letters
            .chars()
            .mapToLong(c -> Math.max(left.size((char) c), right.size((char) c)))
            .toArray();
    return new Term(node.reshaped(product, shape), letters);
  }

  /** [batch, first, second], each of these the product of the sizes of its letters. */
  private static INDArray matrices(
      NodeRun node, Term term, Term other, String batch, String first, String second) {
    Term ordered = permuted(node, term, batch + first + second);
    long[] shape =
        ordered
            .letters()
            .chars()
            .mapToLong(c -> Math.max(term.size((char) c), other.size((char) c)))
            .toArray();
    INDArray whole = Broadcasting.to(node, ordered.array(), shape);
    int b = batch.length();
    int f = b + first.length();
    return node.reshaped(
        whole,
        Broadcasting.size(Arrays.copyOf(shape, b)),
        Broadcasting.size(Arrays.copyOfRange(shape, b, f)),
        Broadcasting.size(Arrays.copyOfRange(shape, f, shape.length)));
  }

  private static Term permuted(NodeRun node, Term term, String letters) {
    if (letters.length() != term.letters().length()) {
      throw node.refused("its output has a letter that no operand has");
    }
    int[] axes = letters.chars().map(c -> term.letters().indexOf(c)).toArray();
    return new Term(node.dense(term.array().permute(axes)), letters);
  }

  /** Without the axes that nothing else reads. */
  private static Term summed(NodeRun node, Term term, String read) {
    String kept = common(term.letters(), read);
    int[] axes = minus(term.letters(), read).chars().map(c -> term.letters().indexOf(c)).toArray();
    return axes.length == 0 ? term : new Term(node.dense(node.own(term.array().sum(axes))), kept);
  }

  private static String common(String a, String b) {
    return letters(a.chars().filter(c -> b.indexOf(c) >= 0).toArray());
  }

  private static String minus(String a, String b) {
    return letters(a.chars().filter(c -> b.indexOf(c) < 0).toArray());
  }

  private static String letters(int[] characters) {
    return new String(characters, 0, characters.length);
  }
}
