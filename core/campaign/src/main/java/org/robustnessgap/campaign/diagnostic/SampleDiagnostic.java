package org.robustnessgap.campaign.diagnostic;

import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

/**
 * Numbers about each attacked sample that tell why it is as robust as it is. Found by {@link
 * java.util.ServiceLoader}; histogram, metric and results column come by themselves.
 */
public interface SampleDiagnostic {
  /** What campaigns and the command line call it, for instance {@code lower-bounds}. */
  String name();

  /**
   * The names of its numbers, as in results and metrics, each with what it means, in which unit and
   * range, as the end of a sentence.
   */
  Map<String, String> values();

  /**
   * @throws InvalidInputException if attacks by this plan do not find what it needs
   */
  default void requireFits(AttackPlan plan) {}

  /**
   * Prepares it for one classifier; done once for all its samples.
   *
   * @throws InvalidInputException if the models have no such numbers, with the reason
   */
  Probe open(AttackTarget target, Engine engine);

  /** A diagnostic on one classifier. Used by one thread at a time. */
  interface Probe extends AutoCloseable {
    /**
     * One for each sample, in order; what is not known of a sample is left out.
     *
     * @param latents z of each
     * @param attacked what was found at each
     */
    List<SampleValues> of(LatentBatch latents, List<AttackedSample> attacked);

    @Override
    default void close() {}
  }
}
