package org.robustnessgap.campaign.sampling;

import org.robustnessgap.messages.LatentBatch;

/** The latent vectors of a campaign, by ordinal. */
public interface LatentSource {
  /**
   * The latent vectors of {@code count} consecutive ordinals, the same whenever they are asked for.
   *
   * @param firstOrdinal of row 0, at least 0
   * @param count number of rows, at least 1
   * @throws org.robustnessgap.messages.InvalidInputException if there are no such ordinals
   */
  LatentBatch draw(long firstOrdinal, int count);
}
