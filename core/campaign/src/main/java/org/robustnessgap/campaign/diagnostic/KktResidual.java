package org.robustnessgap.campaign.diagnostic;

import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedSample;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.SampleResult;

/** How far perturbations are from being locally minimal; attacks measure it themselves. */
public final class KktResidual implements SampleDiagnostic {
  @Override
  public String name() {
    return "kkt-residual";
  }

  @Override
  public Map<String, String> values() {
    return Map.of(
        SampleResult.KKT_RESIDUAL,
        "1 − cos of the angle between perturbation and gradient of the margin in the metric of the space, 0 at a smooth minimum, more at a kink; 0 to 2");
  }

  @Override
  public Probe open(AttackTarget target, Engine engine) {
    return KktResidual::of;
  }

  private static List<SampleValues> of(LatentBatch latents, List<AttackedSample> attacked) {
    return attacked.stream()
        .map(
            sample -> {
              SampleValues values = new SampleValues();
              sample
                  .result()
                  .kktResiduals()
                  .forEach((space, value) -> values.with(space, SampleResult.KKT_RESIDUAL, value));
              return values;
            })
        .toList();
  }
}
