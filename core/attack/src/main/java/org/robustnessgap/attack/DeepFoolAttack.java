package org.robustnessgap.attack;

import java.util.List;
import org.robustnessgap.attack.baseline.DeepFool;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.StableApi;

/**
 * DeepFool (Moosavi-Dezfooli, Fawzi, Frossard 2016), then bisection: the algorithm of the
 * literature, by the ℓ2 norm and without bounds. Immutable: every method returns an attack with
 * another option.
 */
@StableApi
public final class DeepFoolAttack implements Attack {
  private final Algorithm.DeepFool parameters;

  DeepFoolAttack(Algorithm.DeepFool parameters) {
    this.parameters = parameters;
  }

  /**
   * Steps before a sample counts as not found; 50 if it is not called.
   *
   * @throws InvalidInputException if it is less than 1
   */
  public DeepFoolAttack maxSteps(int steps) {
    return new DeepFoolAttack(
        new Algorithm.DeepFool(steps, parameters.overshoot(), parameters.bisections()));
  }

  /**
   * η: how far past the linearised boundary a step goes, relative to its length; 0.02 if it is not
   * called.
   *
   * @throws InvalidInputException if it is negative
   */
  public DeepFoolAttack overshoot(double share) {
    return new DeepFoolAttack(
        new Algorithm.DeepFool(parameters.maxSteps(), share, parameters.bisections()));
  }

  /**
   * Halvings of the segment to the perturbed sample afterwards; 10 if it is not called, 0 as
   * published.
   *
   * @throws InvalidInputException if it is negative
   */
  public DeepFoolAttack bisections(int halvings) {
    return new DeepFoolAttack(
        new Algorithm.DeepFool(parameters.maxSteps(), parameters.overshoot(), halvings));
  }

  @Override
  public String name() {
    return parameters.label();
  }

  @Override
  public Norm norm() {
    return Norm.L2;
  }

  @Override
  public List<SearchResult> search(SearchProblem problem) {
    return DeepFool.search(problem, parameters);
  }
}
