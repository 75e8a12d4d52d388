package org.robustnessgap.fit.memorisation;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Finds the nearest of many images by ℓ2. Products of all pairs are a matrix product in float32,
 * which tells the nearest but for ties within rounding; its distance is then computed in double.
 */
public final class NearestImages {
  /** Images whose products are taken at once. */
  private static final int BLOCK = 1024;

  private final StoredImages images;
  private final Engine engine;

  /**
   * An image, and how far it is.
   *
   * @param index among the stored ones
   * @param distance ℓ2
   */
  public record Neighbour(int index, double distance) {}

  /**
   * @param images at least one
   */
  public NearestImages(StoredImages images, Engine engine) {
    this.images = images;
    this.engine = engine;
  }

  /**
   * The nearest of each.
   *
   * @param points at least one, as long as the images
   */
  public Neighbour[] of(float[][] points) {
    int[] nearest = new int[points.length];
    double[] least = new double[points.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Tensor all = rows(points);
    try (Executable products = engine.load(products())) {
      for (int from = 0; from < images.count(); from += BLOCK) {
        int count = Math.min(BLOCK, images.count() - from);
        float[] block = images.rows(from, count);
        double[] squares = squares(block, count);
        Tensor rows = new Tensor(block, new long[] {count, images.size()});
        float[] found = products.run(all, rows).get(0).values();
        for (int p = 0; p < points.length; p++) {
          for (int n = 0; n < count; n++) {
            double value = squares[n] - 2.0 * found[p * count + n];
            if (value < least[p]) {
              least[p] = value;
              nearest[p] = from + n;
            }
          }
        }
      }
    }
    Neighbour[] neighbours = new Neighbour[points.length];
    Arrays.setAll(
        neighbours, p -> new Neighbour(nearest[p], distance(points[p], images.image(nearest[p]))));
    return neighbours;
  }

  private Tensor rows(float[][] points) {
    float[] values = new float[Math.multiplyExact(points.length, images.size())];
    for (int p = 0; p < points.length; p++) {
      System.arraycopy(points[p], 0, values, p * images.size(), images.size());
    }
    return new Tensor(values, new long[] {points.length, images.size()});
  }

  private double[] squares(float[] rows, int count) {
    double[] squares = new double[count];
    for (int i = 0; i < rows.length; i++) {
      squares[i / images.size()] += (double) rows[i] * rows[i];
    }
    return squares;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /** From [p, m] and [n, m] to [p, n]. */
  private OnnxModel products() {
    GraphBuilder graph = new GraphBuilder("products/");
    String product = graph.emit("Gemm", List.of("points", "images"), Attributes.of("transB", 1L));
    long size = images.size();
    return new OnnxModel(
        "products of images",
        OnnxModel.OPSET,
        List.of(value("points", -1, size), value("images", -1, size)),
        List.of(value(product, -1, -1)),
        graph.nodes(),
        graph.constants());
  }

  private static OnnxModel.Value value(String name, long rows, long columns) {
    return new OnnxModel.Value(name, TensorProto.DataType.FLOAT_VALUE, List.of(rows, columns));
  }
}
