package org.robustnessgap.attack;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.descent.BoundaryDescent;
import org.robustnessgap.attack.descent.Schedule;
import org.robustnessgap.attack.descent.SearchBudget;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.StableApi;

/**
 * Finds the boundaries to the rival classes and descends along them towards the sample, one
 * gradient a step, by projections onto tangent planes (for ℓ2 the iteration of Hasofer, Lind,
 * Rackwitz and Fiessler). Immutable: every method returns an attack with another option.
 */
@StableApi
public final class BoundaryDescentAttack implements Attack {
  static final BoundaryDescentAttack STANDARD =
      new BoundaryDescentAttack(Norm.L2, Effort.STANDARD, null, SearchBudget.NONE, 0);

  private final Norm norm;
  private final Effort effort;

  /** Null for no bounds. */
  private final @Nullable PixelRange range;

  private final int budget;
  private final long seed;

  private BoundaryDescentAttack(
      Norm norm, Effort effort, @Nullable PixelRange range, int budget, long seed) {
    this.norm = norm;
    this.effort = effort;
    this.range = range;
    this.budget = budget;
    this.seed = seed;
  }

  /** In which perturbations are to be short; ℓ2 if it is not called. */
  public BoundaryDescentAttack norm(Norm other) {
    return new BoundaryDescentAttack(
        Objects.requireNonNull(other, "norm is null"), effort, range, budget, seed);
  }

  /** How many steps, towards how many classes; standard if it is not called. */
  public BoundaryDescentAttack effort(Effort other) {
    return new BoundaryDescentAttack(
        norm, Objects.requireNonNull(other, "effort is null"), range, budget, seed);
  }

  /**
   * What every value of a perturbed image stays within; no bounds if it is not called. A value of
   * the sample that lies outside stays where it is or moves inwards.
   *
   * @throws InvalidInputException if the lower end is not below the upper, or either is not finite
   */
  public BoundaryDescentAttack pixelRange(double lower, double upper) {
    return pixelRange(new PixelRange(lower, upper));
  }

  BoundaryDescentAttack pixelRange(PixelRange other) {
    return new BoundaryDescentAttack(norm, effort, other, budget, seed);
  }

  /**
   * The most gradients and forward evaluations together that may be spent on a sample; what the
   * effort takes if it is not called. What would go beyond it is not begun. The check of the
   * result, at most seven evaluations, and its KKT residual, one gradient, come on top.
   *
   * @throws InvalidInputException if it is less than 1
   */
  public BoundaryDescentAttack budget(int evaluations) {
    if (evaluations < 1) {
      throw new InvalidInputException(
          "A budget of " + evaluations + " evaluations a sample finds nothing; give at least 1.");
    }
    return new BoundaryDescentAttack(norm, effort, range, evaluations, seed);
  }

  /**
   * Determines the random points that the thorough effort looks at in spaces of at most 16
   * dimensions; 0 if it is not called. Nothing else is random.
   */
  public BoundaryDescentAttack seed(long other) {
    return new BoundaryDescentAttack(norm, effort, range, budget, other);
  }

  @Override
  public String name() {
    return "boundary-descent";
  }

  @Override
  public Norm norm() {
    return norm;
  }

  /** How many steps, towards how many classes. */
  public Effort effort() {
    return effort;
  }

  @Override
  public Optional<PixelRange> pixelRange() {
    return Optional.ofNullable(range);
  }

  @Override
  public boolean keepsToBounds() {
    return true;
  }

  @Override
  public List<SearchResult> search(SearchProblem problem) {
    return search(List.of(problem)).get(0);
  }

  @Override
  public List<List<SearchResult>> search(SearchProblem byNorm, SearchProblem byImage) {
    return search(List.of(byNorm, byImage));
  }

  /**
   * Searches by several metrics; the gradients at the samples serve all and are charged to the
   * first.
   *
   * @param problems the same but for their metrics
   * @return for each problem, one result for each sample, in order
   */
  List<List<SearchResult>> search(List<SearchProblem> problems) {
    return BoundaryDescent.search(problems, Schedule.of(effort), new SearchBudget(budget), seed);
  }
}
