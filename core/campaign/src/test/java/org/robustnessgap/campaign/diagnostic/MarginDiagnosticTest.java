package org.robustnessgap.campaign.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.Executable;
import org.robustnessgap.engine.Golden;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.engine.Tensor;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Space;
import org.robustnessgap.onnx.graph.OnnxModel;

class MarginDiagnosticTest {
  private static final int SAMPLES = 5;

  @Test
  void isTheLeadOfTheLabelOverTheSecondLargestScore() {
    OnnxModel images = OnnxModel.read(Golden.model("mnist-dcgan"));
    OnnxModel scores = OnnxModel.read(Golden.model("mnist-lenet"));
    SplittableRandom random = new SplittableRandom(5);
    float[] z = new float[SAMPLES * 100];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) random.nextGaussian();
    }
    try (Engine engine = new OnnxRuntimeEngine(0);
        GeneratorModel generator = GeneratorModel.open(images, engine);
        AttackTarget target = AttackTarget.open(generator, scores, engine);
        Executable first = engine.load(images);
        Executable second = engine.load(scores);
        SampleDiagnostic.Probe probe = new MarginDiagnostic().open(target, engine)) {
      List<SampleValues> found = probe.of(new LatentBatch(0, 100, z), List.of());

      Tensor logits = second.run(first.run(new Tensor(z, new long[] {SAMPLES, 100})).get(0)).get(0);
      assertThat(found).hasSize(SAMPLES);
      for (int i = 0; i < SAMPLES; i++) {
        float[] row = Arrays.copyOfRange(logits.values(), i * 10, (i + 1) * 10);
        Arrays.sort(row);
        assertThat(found.get(i).bySpace()).containsOnlyKeys(Space.UNCONSTRAINED);
        assertThat(found.get(i).bySpace().get(Space.UNCONSTRAINED).get("margin"))
            .isPositive()
            .isCloseTo((double) row[9] - row[8], within(1e-3));
      }
    }
  }
}
