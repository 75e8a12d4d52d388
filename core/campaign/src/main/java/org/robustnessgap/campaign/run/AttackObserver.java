package org.robustnessgap.campaign.run;

import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.Provenance;

/** Sees what an attack found together with the perturbed points, which no result carries. */
@FunctionalInterface
public interface AttackObserver {
  /**
   * Called before the job's result is made, also where every sample failed and there will be none.
   *
   * @param provenance of what was found
   * @param target what was attacked; the observer may use it until it returns
   * @throws org.robustnessgap.messages.InvalidInputException if the job should be given up
   */
  void found(Job.Attack job, Provenance provenance, AttackTarget target, AttackedBatch attacked);
}
