package org.robustnessgap.fit.training;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Stochastic gradient descent with the step of each parameter divided by the root mean square of
 * its gradients (Kingma, Ba 2015, algorithm 1). Immutable; what it remembers is in {@link State}.
 *
 * @param rate α, about the length of a step of one parameter
 * @param beta1 how slowly the mean of gradients forgets, from 0 to below 1
 * @param beta2 how slowly that of their squares does, likewise
 * @param epsilon added to the root, positive
 */
public record Adam(double rate, double beta1, double beta2, double epsilon) {
  /** Enough work for a thread to be woken for. */
  private static final int BLOCK = 1 << 16;

  public Adam {
    if (!(rate > 0 && Double.isFinite(rate))) {
      throw new InvalidInputException("The learning rate " + rate + " must be a positive number.");
    }
    requireBelowOne(beta1);
    requireBelowOne(beta2);
    if (!(epsilon > 0 && Double.isFinite(epsilon))) {
      throw new InvalidInputException("ε is " + epsilon + " but must be a positive number.");
    }
  }

  private static void requireBelowOne(double beta) {
    if (!(beta >= 0 && beta < 1)) {
      throw new InvalidInputException("β is " + beta + " but must be in [0, 1).");
    }
  }

  /** With the constants of the paper. */
  public static Adam of(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8);
  }

  /**
   * Before the first step.
   *
   * @param parameters whose numbers of values count
   */
  public State start(List<float[]> parameters) {
    return new State(0, zeros(parameters), zeros(parameters));
  }

  private static List<float[]> zeros(List<float[]> parameters) {
    return parameters.stream().map(values -> new float[values.length]).toList();
  }

  /**
   * As it was written.
   *
   * @param parameters of the same numbers of values
   */
  State read(DataInput in, List<float[]> parameters) throws IOException {
    return new State(
        in.readLong(), Floats.read(in, zeros(parameters)), Floats.read(in, zeros(parameters)));
  }

  /** A part of one parameter's values: steps of parts do not depend on each other. */
  private record Part(int parameter, int from, int to) {}

  /** Means of the gradients so far. Used by one thread at a time. */
  public final class State {
    private long steps;
    private final List<float[]> means;
    private final List<float[]> squares;
    private final List<Part> parts = new ArrayList<>();

    private State(long steps, List<float[]> means, List<float[]> squares) {
      this.steps = steps;
      this.means = means;
      this.squares = squares;
      for (int p = 0; p < means.size(); p++) {
        int length = means.get(p).length;
        for (int from = 0; from < length; from += BLOCK) {
          parts.add(new Part(p, from, Math.min(length, from + BLOCK)));
        }
      }
    }

    /**
     * Takes one step, on all cores; the result does not depend on how many there are.
     *
     * @param parameters changed in place
     * @param gradients of what is to become small, each as long as its parameter
     * @param share of the rate, for rates that change
     * @throws InvalidInputException if a gradient is not finite; then nothing has changed
     */
    public void step(List<float[]> parameters, List<float[]> gradients, double share) {
      for (int p = 0; p < means.size(); p++) {
        if (parameters.get(p).length != means.get(p).length
            || gradients.get(p).length != means.get(p).length) {
          throw new IllegalArgumentException("parameter " + p + " has another number of values");
        }
      }
      if (!parts.parallelStream().allMatch(part -> isFinite(gradients.get(part.parameter), part))) {
        throw new InvalidInputException(
            "A gradient is no finite number; give a smaller learning rate.");
      }
      steps++;
      float length = (float) (share * rate / (1 - StrictMath.pow(beta1, steps)));
      float scale = (float) (1 / (1 - StrictMath.pow(beta2, steps)));
      parts.parallelStream()
          .forEach(
              part ->
                  move(
                      part,
                      parameters.get(part.parameter),
                      gradients.get(part.parameter),
                      length,
                      scale));
    }

    private static boolean isFinite(float[] values, Part part) {
      boolean finite = true;
      for (int i = part.from; i < part.to; i++) {
        finite &= Math.abs(values[i]) <= Float.MAX_VALUE;
      }
      return finite;
    }

    private void move(Part part, float[] parameter, float[] gradient, float length, float scale) {
      float[] mean = means.get(part.parameter);
      float[] square = squares.get(part.parameter);
      float new1 = (float) (1 - beta1);
      float new2 = (float) (1 - beta2);
      float small = (float) epsilon;
      for (int i = part.from; i < part.to; i++) {
        mean[i] += new1 * (gradient[i] - mean[i]);
        square[i] += new2 * (gradient[i] * gradient[i] - square[i]);
        parameter[i] -= length * mean[i] / ((float) Math.sqrt(square[i] * scale) + small);
      }
    }

    void write(DataOutput out) throws IOException {
      out.writeLong(steps);
      Floats.write(out, means);
      Floats.write(out, squares);
    }
  }
}
