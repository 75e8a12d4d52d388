package org.robustnessgap.campaign.diagnostic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.certificate.LowerBound;
import org.robustnessgap.certificate.LowerBounds;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Space;

/** How far the nearest change of label is at least, by Lipschitz constants. */
public final class LowerBoundDiagnostic implements SampleDiagnostic {
  public static final String NAME = "lower-bounds";

  /** Names of its numbers. */
  public static final String CERTIFIED = "lower_bound";

  public static final String PECK = "peck_bound";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, String> values() {
    return Map.of(
        CERTIFIED,
        "the ℓ2 distance in unconstrained space is at least this, certified; not normalised, 0"
            + " where it says nothing",
        PECK,
        "the bound as printed by Peck et al. 2017, which can be false; not normalised");
  }

  @Override
  public void requireFits(AttackPlan plan) {
    if (plan.norm() != Norm.L2) {
      throw new InvalidInputException(
          "The diagnostic lower-bounds is of ℓ2 norms; leave it out, or the norm "
              + plan.norm()
              + ".");
    }
  }

  @Override
  public Probe open(AttackTarget target, Engine engine) {
    LowerBounds bounds = LowerBounds.open(target.scores(), engine);
    return new Probe() {
      @Override
      public List<SampleValues> of(LatentBatch latents, List<AttackedSample> attacked) {
        List<SampleValues> values = new ArrayList<>();
        for (LowerBound bound : bounds.of(images(target, latents))) {
          SampleValues sample = new SampleValues();
          values.add(sample);
          if (bound.label() >= 0) {
            sample
                .with(Space.UNCONSTRAINED, CERTIFIED, bound.certified())
                .with(Space.UNCONSTRAINED, PECK, bound.peck());
          }
        }
        return values;
      }

      @Override
      public void close() {
        bounds.close();
      }
    };
  }

  private static Tensor images(AttackTarget target, LatentBatch latents) {
    List<Long> image = target.generator().image();
    long[] shape = new long[image.size() + 1];
    shape[0] = latents.count();
    for (int i = 0; i < image.size(); i++) {
      shape[i + 1] = image.get(i);
    }
    return new Tensor(
        target.generator().map().apply(new Rows(latents.values(), latents.dimension())).values(),
        shape);
  }
}
