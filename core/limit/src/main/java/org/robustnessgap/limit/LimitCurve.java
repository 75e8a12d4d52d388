package org.robustnessgap.limit;

import java.util.OptionalDouble;
import org.robustnessgap.messages.StableApi;

/**
 * A limit in one space: whatever the classifier, at least a fraction {@link #probability} of the
 * data has a robustness of at most a given distance. Distances are ℓ2 norms, not normalised.
 */
@StableApi
public sealed interface LimitCurve
    permits LatentLimit,
        ImageLimit,
        ChosenRadiusLimit,
        LipschitzLimit,
        MixLimit,
        ClosedFormLimit,
        TransferLimit,
        JointTransferLimit,
        RiskLimit {
  /**
   * A lower bound on P(robustness ≤ distance).
   *
   * @param distance at least 0
   * @return in [0, 1], never descending in the distance
   */
  double probability(double distance);

  /**
   * The quantile limit η_p, the smallest distance whose {@link #probability} is at least p: no
   * classifier with these class measures has a p-quantile of robustness above it.
   *
   * @param p in (0, 1)
   * @return empty if the curve never reaches p
   * @throws org.robustnessgap.messages.InvalidInputException if p is outside (0, 1)
   */
  OptionalDouble quantile(double p);

  /**
   * The largest share of the data that latent vectors of this probability can be: as much, unless
   * the data have another mix of classes than the latent vectors.
   *
   * @param probability in [0, 1]
   * @return in [0, 1], never descending
   */
  default double held(double probability) {
    return probability;
  }
}
