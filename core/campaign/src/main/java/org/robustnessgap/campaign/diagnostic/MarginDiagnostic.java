package org.robustnessgap.campaign.diagnostic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Space;

/** How far a classifier's scores are from a tie at each sample. */
public final class MarginDiagnostic implements SampleDiagnostic {
  /** The name of its number. */
  public static final String MARGIN = "margin";

  @Override
  public String name() {
    return "margin";
  }

  @Override
  public Map<String, String> values() {
    return Map.of(
        MARGIN,
        "the largest score less the second largest at the sample, in the unit of the scores that"
            + " are searched; at least 0");
  }

  @Override
  public Probe open(AttackTarget target, Engine engine) {
    return (latents, attacked) -> of(target, latents);
  }

  private static List<SampleValues> of(AttackTarget target, LatentBatch latents) {
    Logits scores = new Logits(target.map().apply(new Rows(latents.values(), latents.dimension())));
    List<SampleValues> values = new ArrayList<>();
    for (int i = 0; i < latents.count(); i++) {
      SampleValues sample = new SampleValues();
      values.add(sample);
      if (scores.isFinite(i)) {
        // Each space's perturbation closes it; that of pixels is the shortest.
        sample.with(Space.UNCONSTRAINED, MARGIN, -scores.margin(i, scores.label(i)));
      }
    }
    return values;
  }
}
