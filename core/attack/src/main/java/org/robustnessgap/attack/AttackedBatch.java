package org.robustnessgap.attack;

import java.util.List;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Suspicion;

/**
 * What an attack found on a batch.
 *
 * @param samples in order
 * @param suspicions what looks wrong about them although nothing failed
 */
public record AttackedBatch(List<AttackedSample> samples, List<Suspicion> suspicions) {
  public AttackedBatch {
    samples = List.copyOf(samples);
    suspicions = List.copyOf(suspicions);
  }

  /** The results alone. */
  public List<SampleResult> results() {
    return samples.stream().map(AttackedSample::result).toList();
  }
}
