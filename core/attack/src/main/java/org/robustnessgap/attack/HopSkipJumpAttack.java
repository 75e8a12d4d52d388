package org.robustnessgap.attack;

import java.util.List;
import org.robustnessgap.attack.query.search.HopSkipJump;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.StableApi;

/**
 * HopSkipJump (Chen, Jordan, Wainwright 2020), which uses labels alone: the algorithm of the
 * literature, by the ℓ2 norm and without bounds. Immutable.
 */
@StableApi
public final class HopSkipJumpAttack implements Attack {
  private final Algorithm.HopSkipJump parameters;

  HopSkipJumpAttack(Algorithm.HopSkipJump parameters) {
    this.parameters = parameters;
  }

  /**
   * Most images asked about for each sample, the sample itself and the check of the result
   * included; 1000 if it is not called.
   *
   * @throws InvalidInputException if there are fewer than 10
   */
  public HopSkipJumpAttack queries(int most) {
    return new HopSkipJumpAttack(new Algorithm.HopSkipJump(most));
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
    return HopSkipJump.search(problem, parameters.queries());
  }
}
