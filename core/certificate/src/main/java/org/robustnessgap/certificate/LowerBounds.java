package org.robustnessgap.certificate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.OnnxModel;

/**
 * Lower bounds on the unconstrained robustness of one classifier. Certified: for its label c and
 * every other class, f_c − f_k at the image divided by a Lipschitz constant of that difference, the
 * product of operator norms along the graph. Used by one thread at a time.
 */
public final class LowerBounds implements AutoCloseable {
  /** Float32 logits of a sample may be off by so much, relative to the largest of them. */
  private static final double LOGIT_ERROR = 1e-5;

  private final Executable executable;
  private final Optional<Linear> head;
  private final double beforeHead;
  private final double ofOutput;
  private final Optional<PeckChain> chain;
  private final List<String> outputs;
  private final Map<Long, Double> rowDistances = new HashMap<>();

  private LowerBounds(Values values, LipschitzGraph graph, Engine engine) {
    OnnxModel model = values.model();
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
   * Bounds the graph, which for large convolutions takes seconds each, and loads the model.
   *
   * @throws InvalidInputException naming the node that has no bound
   */
  public static LowerBounds open(OnnxModel classifier, Engine engine) {
    Values values = new Values(classifier, engine);
    return new LowerBounds(values, LipschitzGraph.of(values), engine);
  }

  /** Λ of the logits: ‖f(x) − f(x′)‖₂ ≤ Λ‖x − x′‖₂. */
  public double lipschitzConstant() {
    return ofOutput;
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
      bounds.add(bound(row.get(outputs.get(0)), row));
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
  }
}
