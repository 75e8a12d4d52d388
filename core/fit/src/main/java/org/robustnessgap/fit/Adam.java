package org.robustnessgap.fit;

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

  /** Before the first step. */
  public State start(int parameters) {
    return new State(parameters);
  }

  /** Means of the gradients so far. Used by one thread at a time. */
  public final class State {
    private final double[] mean;
    private final double[] square;
    private double forgotten1 = 1;
    private double forgotten2 = 1;

    private State(int parameters) {
      mean = new double[parameters];
      square = new double[parameters];
    }

    /**
     * Takes one step.
     *
     * @param parameters changed in place
     * @param gradients of what is to become small
     * @throws InvalidInputException if a gradient is not finite; then nothing has changed
     */
    public void step(float[] parameters, float[] gradients) {
      if (parameters.length != mean.length || gradients.length != mean.length) {
        throw new IllegalArgumentException(
            parameters.length + " and " + gradients.length + " numbers for " + mean.length);
      }
      for (float gradient : gradients) {
        if (!Float.isFinite(gradient)) {
          throw new InvalidInputException(
              "A gradient is " + gradient + "; give a smaller learning rate.");
        }
      }
      forgotten1 *= beta1;
      forgotten2 *= beta2;
      for (int i = 0; i < mean.length; i++) {
        double gradient = gradients[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * gradient;
        square[i] = beta2 * square[i] + (1 - beta2) * gradient * gradient;
        double root = Math.sqrt(square[i] / (1 - forgotten2));
        parameters[i] -= (float) (rate * mean[i] / (1 - forgotten1) / (root + epsilon));
      }
    }
  }
}
