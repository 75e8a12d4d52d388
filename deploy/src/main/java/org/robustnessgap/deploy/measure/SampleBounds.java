package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.robustnessgap.certificate.LipschitzGraph;
import org.robustnessgap.certificate.LowerBound;
import org.robustnessgap.certificate.LowerBounds;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LipschitzLimit;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Lower bounds on the unconstrained robustness of every sample, and the certified upper limit. Both
 * rest on Lipschitz constants; a model without one has none, and {@link #notes} says why.
 */
final class SampleBounds {
  private static final int BATCH = 32;

  private final String generator;
  private final OptionalDouble constant;
  private final double meanImageNorm;
  private final Map<String, List<LowerBound>> byClassifier = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Computes all of them.
   *
   * @param classifiers by name
   */
  SampleBounds(
      OnnxModel generator, LatentBatch latents, Map<String, OnnxModel> classifiers, Engine engine) {
    this.generator = generator.name();
    this.constant = constant(generator, engine);
    Map<String, LowerBounds> open = new LinkedHashMap<>();
    try (Executable forward = engine.load(generator)) {
      classifiers.forEach((name, model) -> open(name, model, engine, open));
      double norms = 0;
      for (int first = 0; first < latents.count(); first += BATCH) {
        Tensor images = forward.run(rows(generator, latents, first)).get(0);
        norms += sumOfNorms(images);
        open.forEach((name, bounds) -> byClassifier.get(name).addAll(bounds.of(images)));
      }
      meanImageNorm = norms / latents.count();
    } finally {
      open.values().forEach(LowerBounds::close);
    }
  }

  private void open(
      String name, OnnxModel classifier, Engine engine, Map<String, LowerBounds> open) {
    try {
      open.put(name, LowerBounds.open(classifier, engine));
      byClassifier.put(name, new ArrayList<>());
    } catch (InvalidInputException e) {
      notes.add(e.getMessage());
    }
  }

  private static Tensor rows(OnnxModel generator, LatentBatch latents, int first) {
    int end = Math.min(first + BATCH, latents.count());
    long[] shape = generator.input().shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = end - first;
    int dimension = latents.dimension();
    return new Tensor(
        Arrays.copyOfRange(latents.values(), first * dimension, end * dimension), shape);
  }

  /** Of the generator. */
  private OptionalDouble constant(OnnxModel model, Engine engine) {
    try {
      return OptionalDouble.of(LipschitzGraph.of(model, engine).constant());
    } catch (InvalidInputException e) {
      notes.add(e.getMessage());
      return OptionalDouble.empty();
    }
  }

  private static double sumOfNorms(Tensor rows) {
    int width = rows.values().length / Math.toIntExact(rows.shape()[0]);
    double sum = 0;
    for (int from = 0; from < rows.values().length; from += width) {
      double squares = 0;
      for (int i = from; i < from + width; i++) {
        squares += (double) rows.values()[i] * rows.values()[i];
      }
      sum += Math.sqrt(squares);
    }
    return sum;
  }

  /** Null if the classifier has none. */
  LowerBound of(String classifier, long ordinal) {
    List<LowerBound> bounds = byClassifier.get(classifier);
    return bounds == null ? null : bounds.get(Math.toIntExact(ordinal));
  }

  /** For people: quantiles of the bounds, divided by the mean norm of images. */
  List<String> summary(double quantile) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, List<LowerBound>> entry : byClassifier.entrySet()) {
      String certified =
          normalised(entry.getValue().stream().map(LowerBound::certified).toList(), quantile);
      String peck = normalised(entry.getValue().stream().map(LowerBound::peck).toList(), quantile);
      String limit = limit(entry.getValue(), quantile);
      lines.add(
          String.format(
              "%s: certified lower bound %s, certified limit %s, as printed by Peck et al. %s",
              entry.getKey(), certified, limit, peck));
    }
    if (constant.isPresent()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: Lipschitz constant at most %.4g",
              generator,
              constant.getAsDouble()));
    }
    lines.addAll(notes);
    return lines;
  }

  private String limit(List<LowerBound> bounds, double quantile) {
    int classes = 1 + bounds.stream().mapToInt(LowerBound::label).max().orElse(0);
    Long[] counts = new Long[classes];
    Arrays.fill(counts, 0L);
    bounds.stream().filter(b -> b.label() >= 0).forEach(b -> counts[b.label()]++);
    if (constant.isEmpty() || Arrays.stream(counts).allMatch(count -> count == 0)) {
      return "unknown";
    }
    LatentLimit latent = new LatentLimit(ClassMeasures.ofCounts(List.of(counts)));
    OptionalDouble distance = new LipschitzLimit(latent, constant.getAsDouble()).quantile(quantile);
    return distance.isPresent() ? number(distance.getAsDouble() / meanImageNorm) : "∞";
  }

  private String normalised(List<Double> values, double quantile) {
    if (values.isEmpty() || values.stream().anyMatch(Objects::isNull)) {
      return "–";
    }
    double[] ascending = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int rank = (int) Math.max(1, Math.ceil(quantile * ascending.length - 1e-9));
    return number(ascending[rank - 1] / meanImageNorm);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
