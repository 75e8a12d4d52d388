package org.robustnessgap.certificate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelOptions;
import org.robustnessgap.messages.StableApi;
import org.robustnessgap.onnx.ClassifierModel;
import org.robustnessgap.onnx.graph.OnnxModel;

/**
 * Lower bounds on the unconstrained robustness of one classifier. Certified: for its label c and
 * every other class, f_c − f_k at the image divided by a Lipschitz constant of that difference, the
 * product of operator norms along the graph. Used by one thread at a time.
 */
@StableApi
public final class LowerBounds implements AutoCloseable {
  /** Float32 logits of a sample may be off by so much, relative to the largest of them. */
  private static final double LOGIT_ERROR = 1e-5;

  private final Executable executable;
  private final Optional<Linear> head;
  private final double beforeHead;
  private final double ofOutput;
  private final Optional<PeckChain> chain;
  private final List<String> outputs;
  private final OnnxModel model;

  /** Null where it is its owner's to close. */
  private final @Nullable Engine ownEngine;

  private final Map<Long, Double> rowDistances = new HashMap<>();

  private LowerBounds(
      Values values, LipschitzGraph graph, Engine engine, @Nullable Engine ownEngine) {
    this.ownEngine = ownEngine;
    this.model = values.model();
    this.head = values.producer(model.output().name()).flatMap(node -> Linear.of(node, values));
    this.beforeHead = head.map(linear -> graph.constant(linear.input())).orElse(Double.NaN);
    this.ofOutput = graph.constant();
    this.chain = head.isPresent() ? PeckChain.of(values) : Optional.empty();
    this.outputs = new ArrayList<>(List.of(model.output().name()));
    chain.ifPresent(c -> outputs.addAll(c.needed()));
    this.executable =
        engine.load(
            model.withOutputs(
                outputs.stream().map(name -> new OnnxModel.Value(name, 0, null)).toList()));
  }

  /**
   * Reads a classifier's ONNX file and bounds it, on ONNX Runtime on the CPU.
   *
   * @throws InvalidInputException if it cannot be read, or naming the node that has no bound
   */
  public static LowerBounds open(Path file) {
    Engine engine = EngineSettings.standard().open();
    try {
      ClassifierModel classifier =
          ClassifierModel.read(file, ModelOptions.NONE, null, List.of(), engine);
      return open(classifier.scores(), engine, engine);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Bounds the graph, which for large convolutions takes seconds each, and loads the model.
   *
   * @throws InvalidInputException naming the node that has no bound
   */
  public static LowerBounds open(OnnxModel classifier, Engine engine) {
    return open(classifier, engine, null);
  }

  private static LowerBounds open(OnnxModel classifier, Engine engine, @Nullable Engine ownEngine) {
    Values values = new Values(classifier, engine);
    return new LowerBounds(values, LipschitzGraph.of(values), engine, ownEngine);
  }

  /** Λ of the logits: ‖f(x) − f(x′)‖₂ ≤ Λ‖x − x′‖₂. */
  public double lipschitzConstant() {
    return ofOutput;
  }

  /**
   * @param images [n, values of one image], row-major as the classifier takes them
   * @return one for each image, in order
   * @throws InvalidInputException if an image has another size
   */
  public List<LowerBound> of(float[][] images) {
    long[] shape =
        Objects.requireNonNull(model.input().shape()).stream().mapToLong(Long::longValue).toArray();
    int size = 1;
    for (int i = 1; i < shape.length; i++) {
      size = Math.toIntExact(size * shape[i]);
    }
    float[] values = new float[images.length * size];
    for (int i = 0; i < images.length; i++) {
      if (images[i].length != size) {
        throw new InvalidInputException(
            String.format(
                "%s takes images of %d values but image %d has %d; do they belong together?",
                model.name(), size, i, images[i].length));
      }
      System.arraycopy(images[i], 0, values, i * size, size);
    }
    shape[0] = images.length;
    return of(new Tensor(values, shape));
  }

  /**
   * @param images [n, …] as the classifier takes them
   * @return one for each image, in order
   */
  public List<LowerBound> of(Tensor images) {
    List<Tensor> values = executable.run(images);
    int count = Math.toIntExact(images.shape()[0]);
    List<LowerBound> bounds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<String, float[]> row = new HashMap<>();
      for (int k = 0; k < outputs.size(); k++) {
        float[] all = values.get(k).values();
        int width = all.length / count;
        row.put(outputs.get(k), Arrays.copyOfRange(all, i * width, (i + 1) * width));
      }
      bounds.add(bound(Objects.requireNonNull(row.get(outputs.get(0))), row));
    }
    return bounds;
  }

  private LowerBound bound(float[] logits, Map<String, float[]> activations) {
    int label = label(logits);
    if (label < 0) {
      return new LowerBound(-1, 0, null);
    }
    double certified = Double.POSITIVE_INFINITY;
    double kappa = Double.POSITIVE_INFINITY;
    double error = LOGIT_ERROR * largest(logits);
    for (int k = 0; k < logits.length; k++) {
      if (k != label) {
        double lead = (double) logits[label] - logits[k];
        double rows = head.isPresent() ? rowDistance(label, k) : Math.sqrt(2);
        double constant = rows * (head.isPresent() ? beforeHead : ofOutput);
        certified = Math.min(certified, quotient(Math.max(0, lead - error), constant));
        kappa = Math.min(kappa, quotient(lead, rows));
      }
    }
    double ofLast = kappa;
    return new LowerBound(
        label,
        Double.isFinite(certified) ? certified : 0,
        chain.map(c -> c.bound(ofLast, activations)).filter(Double::isFinite).orElse(null));
  }

  /** Infinite where two logits never differ by anything else. */
  private static double quotient(double lead, double slope) {
    return slope > 0 ? lead / slope : lead > 0 ? Double.POSITIVE_INFINITY : 0;
  }

  private double rowDistance(int i, int j) {
    return rowDistances.computeIfAbsent(
        (long) i << Integer.SIZE | j, pair -> head.orElseThrow().rowDistance(i, j));
  }

  private static double largest(float[] logits) {
    double largest = 0;
    for (float logit : logits) {
      largest = Math.max(largest, Math.abs(logit));
    }
    return largest;
  }

  private static int label(float[] logits) {
    int best = 0;
    for (int k = 0; k < logits.length; k++) {
      if (!Float.isFinite(logits[k])) {
        return -1;
      }
      best = logits[k] > logits[best] ? k : best;
    }
    return best;
  }

  @Override
  public void close() {
    executable.close();
    if (ownEngine != null) {
      ownEngine.close();
    }
  }
}
