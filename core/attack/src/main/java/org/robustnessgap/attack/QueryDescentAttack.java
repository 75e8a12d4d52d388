package org.robustnessgap.attack;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.query.search.LabelSearch;
import org.robustnessgap.attack.query.search.ScoreSearch;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.StableApi;

/**
 * Minimal perturbations of a classifier that is only asked, by no more than so many queries a
 * sample: from scores where it answers with them, else from labels. Uses no gradients, also of a
 * classifier that has them. The samples of a batch learn from each other. Immutable: every method
 * returns an attack with another option.
 */
@StableApi
public final class QueryDescentAttack implements Attack {
  private final Norm norm;
  private final Algorithm.QueryDescent parameters;

  /** Null for no bounds. */
  private final @Nullable PixelRange range;

  QueryDescentAttack(Norm norm, Algorithm.QueryDescent parameters, @Nullable PixelRange range) {
    this.norm = norm;
    this.parameters = parameters;
    this.range = range;
  }

  /** In which perturbations are to be short; ℓ2 if it is not called. */
  public QueryDescentAttack norm(Norm other) {
    return new QueryDescentAttack(Objects.requireNonNull(other, "norm is null"), parameters, range);
  }

  /**
   * Most images asked about for each sample, the sample itself and the check of the result
   * included; 1000 if it is not called.
   *
   * @throws InvalidInputException if there are fewer than 10
   */
  public QueryDescentAttack queries(int most) {
    return new QueryDescentAttack(
        norm, new Algorithm.QueryDescent(most, parameters.access()), range);
  }

  /**
   * The most that is used of answers; all they tell if it is not called.
   *
   * @throws InvalidInputException if it is gradients
   */
  public QueryDescentAttack access(Access most) {
    return new QueryDescentAttack(
        norm, new Algorithm.QueryDescent(parameters.queries(), most), range);
  }

  /**
   * What every value of a perturbed image stays within; no bounds if it is not called.
   *
   * @throws InvalidInputException if the lower end is not below the upper, or either is not finite
   */
  public QueryDescentAttack pixelRange(double lower, double upper) {
    return pixelRange(new PixelRange(lower, upper));
  }

  QueryDescentAttack pixelRange(PixelRange other) {
    return new QueryDescentAttack(norm, parameters, other);
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
  public Optional<PixelRange> pixelRange() {
    return Optional.ofNullable(range);
  }

  @Override
  public boolean keepsToBounds() {
    return true;
  }

  @Override
  public List<List<SearchResult>> search(SearchProblem byNorm, SearchProblem byImage) {
    return List.of(search(byNorm), search(byImage));
  }

  @Override
  public List<SearchResult> search(SearchProblem problem) {
    Access allowed = parameters.access() == null ? Access.GRADIENTS : parameters.access();
    return problem.access().atMost(allowed).tellsScores()
        ? ScoreSearch.search(problem, parameters.queries())
        : LabelSearch.search(problem, parameters.queries());
  }
}
