package org.robustnessgap.fit;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.spectrum.SubspaceIteration;

/**
 * g(z) = μ + W z with W = U diag(σ), from the d principal components of images: μ their mean, the
 * columns of U orthonormal, σᵢ² the variance along the i-th. The images of z ~ N(0, I_d) have the
 * mean of the given ones and, in the plane of the components, their covariance.
 *
 * <p>What varies beside the plane is left out, not added as noise as in probabilistic principal
 * component analysis (Tipping, Bishop 1999), whose σᵢ² are smaller by that noise: g stays a
 * deterministic map. Every distribution on a d-dimensional plane has a squared 2-Wasserstein
 * distance from the given images of at least {@link #discardedVariance()}, as no plane is nearer to
 * them in the mean square (Eckart, Young 1936).
 *
 * <p>‖g(z) − g(z′)‖ = ‖diag(σ)(z − z′)‖, so the modulus of continuity is ω(t) = σ₁ t exactly.
 *
 * @param images n, how many images it was made from
 * @param mean μ, of m values
 * @param deviations σ₁ ≥ … ≥ σ_d &gt; 0
 * @param directions uᵢ at i, of m values; the largest value of each is positive
 * @param totalVariance of the images, summed over their values
 * @param residual the largest ‖C uᵢ − σᵢ² uᵢ‖ / σ₁²: each σᵢ² is so near to an eigenvalue of the
 *     covariance C
 */
public record LinearGenerator(
    long images,
    double[] mean,
    double[] deviations,
    double[][] directions,
    double totalVariance,
    double residual) {
  /** Smaller variances, relative to the largest, are rounding. */
  private static final double ROUNDING = 1e-12;

  private static final double TOLERANCE = 1e-10;

  /**
   * Goes over the images twice. For m up to 12,288 the time grows with n m² and d m² and the memory
   * with m²; for larger images with n² m and with n m.
   *
   * @param set n images of m values each; for m over 12,288 at most 2²⁸ values in all
   * @param latentDimension d
   * @param seed of the first directions of the search, which the result depends on by rounding only
   * @throws InvalidInputException if d is not between 1 and m, there are not more than d images,
   *     they vary in fewer than d directions, or they differ in size or are not finite
   */
  public static LinearGenerator of(ImageSet set, int latentDimension, long seed) {
    if (latentDimension < 1) {
      throw new InvalidInputException(
          "The latent dimension is " + latentDimension + " but must be at least 1.");
    }
    Mean mean = Mean.of(set);
    requireEnough(mean, latentDimension);
    Scatter scatter =
        mean.size() > Covariance.MOST_VALUES ? Gram.of(set, mean) : Covariance.of(set, mean);
    if (scatter.trace() == 0) {
      throw new InvalidInputException(
          "All images are the same, so there is nothing to generate; give images that differ.");
    }
    SubspaceIteration found = SubspaceIteration.of(scatter, latentDimension, seed, TOLERANCE);
    requireVaried(found.values());
    return new LinearGenerator(
        mean.images(),
        mean.mean(),
        Arrays.stream(found.values()).map(Math::sqrt).toArray(),
        Arrays.stream(scatter.directions(found))
            .map(LinearGenerator::turned)
            .toArray(double[][]::new),
        scatter.trace(),
        found.residual());
  }

  private static void requireEnough(Mean mean, int d) {
    if (d > mean.size()) {
      throw new InvalidInputException(
          String.format(
              "Images of %d values have no %d directions to vary in; give a latent dimension of %d at most.",
              mean.size(), d, mean.size()));
    }
    if (mean.images() <= d) {
      throw new InvalidInputException(
          String.format(
              "%d images say nothing of %d directions, which takes %d images at least; give more images or a smaller latent dimension.",
              mean.images(), d, d + 1));
    }
  }

  private static void requireVaried(double[] values) {
    long varied = Arrays.stream(values).filter(value -> value > ROUNDING * values[0]).count();
    if (varied < values.length) {
      throw new InvalidInputException(
          String.format(
              "The images vary in %d directions only, fewer than the latent dimension %d; give %d at most.",
              varied, values.length, varied));
    }
  }

  /** Of the two eigenvectors u and −u always the same. */
  private static double[] turned(double[] vector) {
    int largest = 0;
    for (int k = 1; k < vector.length; k++) {
      largest = Math.abs(vector[k]) > Math.abs(vector[largest]) ? k : largest;
    }
    double sign = Math.signum(vector[largest]);
    return Arrays.stream(vector).map(value -> sign * value).toArray();
  }

  /** d. */
  public int latentDimension() {
    return deviations.length;
  }

  /** σ₁, the smallest Lipschitz constant. */
  public double lipschitz() {
    return deviations[0];
  }

  /** Σ σᵢ². */
  public double retainedVariance() {
    return Arrays.stream(deviations).map(deviation -> deviation * deviation).sum();
  }

  /** What the images vary beside the plane of the components, at least 0. */
  public double discardedVariance() {
    return Math.max(0, totalVariance - retainedVariance());
  }

  /**
   * The generator as a model of Gemm and Reshape in float32, from [n, d] to [n, shape].
   *
   * @param name what messages call it
   * @param shape of one image, for instance [3, 32, 32]
   * @throws InvalidInputException if the shape has another number of values than the images
   */
  public OnnxModel model(String name, List<Long> shape) {
    if (shape.stream().reduce(1L, (a, b) -> a * b) != mean.length) {
      throw new InvalidInputException(
          String.format("Images of %d values do not have the shape %s.", mean.length, shape));
    }
    int d = latentDimension();
    float[] weights = new float[d * mean.length];
    float[] bias = new float[mean.length];
    for (int k = 0; k < mean.length; k++) {
      bias[k] = (float) mean[k];
      for (int i = 0; i < d; i++) {
        weights[i * mean.length + k] = (float) (deviations[i] * directions[i][k]);
      }
    }
    long[] rows = new long[shape.size() + 1];
    rows[0] = -1;
    Arrays.setAll(rows, axis -> axis == 0 ? -1 : shape.get(axis - 1));
    GraphBuilder builder = new GraphBuilder("linear/");
    String values =
        builder.emit(
            "Gemm",
            List.of(
                "latent",
                builder.floats(weights, d, mean.length),
                builder.floats(bias, mean.length)));
    builder
        .nodes()
        .add(
            NodeProto.newBuilder()
                .setOpType("Reshape")
                .addInput(values)
                .addInput(builder.longs(rows))
                .addOutput("images")
                .build());
    return new OnnxModel(
        name,
        OnnxModel.OPSET,
        List.of(value("latent", List.of(-1L, (long) d))),
        List.of(value("images", Arrays.stream(rows).boxed().toList())),
        builder.nodes(),
        builder.constants());
  }

  private static OnnxModel.Value value(String name, List<Long> shape) {
    return new OnnxModel.Value(name, TensorProto.DataType.FLOAT_VALUE, shape);
  }

  /** What the file of the model may say of its making, for people. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("kind", "linear generator, principal components");
    metadata.put("images", Long.toString(images));
    metadata.put("total_variance", number(totalVariance));
    metadata.put("discarded_variance", number(discardedVariance()));
    metadata.put("residual", number(residual));
    metadata.put(
        "standard_deviations",
        Arrays.stream(deviations)
            .mapToObj(LinearGenerator::number)
            .collect(Collectors.joining(",")));
    return metadata;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.9g", value);
  }
}
