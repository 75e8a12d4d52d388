package org.robustnessgap.attack;

import java.util.List;
import java.util.Objects;
import org.robustnessgap.attack.baseline.FastGradientSign;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.StableApi;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy 2015) with the smallest ε that changes
 * the label, by doubling and bisection. One gradient a sample; a coarse upper estimate. Immutable:
 * every method returns an attack with another option.
 */
@StableApi
public final class FastGradientSignAttack implements Attack {
  private final Algorithm.FastGradientSign parameters;
  private final Norm norm;

  FastGradientSignAttack(Algorithm.FastGradientSign parameters, Norm norm) {
    this.parameters = parameters;
    this.norm = norm;
  }

  /** In which distances are stated; by ℓ∞ they are ε. ℓ2 if it is not called. */
  public FastGradientSignAttack norm(Norm other) {
    return new FastGradientSignAttack(parameters, Objects.requireNonNull(other, "norm is null"));
  }

  /**
   * Halvings of the interval of ε; 20 if it is not called.
   *
   * @throws InvalidInputException if it is negative
   */
  public FastGradientSignAttack bisections(int halvings) {
    return new FastGradientSignAttack(new Algorithm.FastGradientSign(halvings), norm);
  }

  @Override
  public String name() {
    return parameters.label();
  }

  @Override
  public Norm norm() {
    return norm;
  }

  @Override
  public List<SearchResult> search(SearchProblem problem) {
    return FastGradientSign.search(problem, parameters);
  }
}
