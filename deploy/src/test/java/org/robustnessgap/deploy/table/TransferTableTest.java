package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferLimits.Disagreement;

final class TransferTableTest {
  @Test
  void putsPairsInColumns() {
    TransferGap known =
        new TransferGap(
            new PairId("c", "lenet", "vgg"),
            32,
            32,
            0,
            20,
            new Disagreement(8, 32, 0.115, 0.434),
            256L,
            Map.of(
                Space.LATENT,
                new TransferGap.SpaceTransfer(
                    new SpaceGap(
                        Kind.EXACT,
                        9.975,
                        31,
                        1,
                        0,
                        List.of(
                            new QuantileGap(
                                0.25, 0.0612, 0.041, null, 0.0104, 0.007, null, 5.9, 3.1, null))),
                    List.of(new TransferGap.Own(0.25, 0.0052, 0.0031)),
                    new TransferGap.Rate(4, 32),
                    new TransferGap.Rate(1, 32))));
    TransferGap unknown =
        new TransferGap(new PairId("c", "lenet", "wrn"), 32, 0, 32, 0, null, null, Map.of());

    assertThat(new TransferTable(List.of(known, unknown)).render(List.of(0.25)))
        .isEqualTo(
            """
            Perturbations that fool two classifiers. Fooled: share of the one's own smallest perturbations that fool the other.
            Attack: unknown.

            quantile 0.25       lenet              lenet
                                vgg                wrn
            labels differ       25 % (12 to 43 %)  –
            latent
              limit for both    0.0612 exact       –
              95 % interval     0.0410 to ∞        –
              both              0.0104             –
              95 % interval     0.00700 to ∞       –
              alone             0.00520, 0.00310   –
              fooled by first   13 %               –
              fooled by second  3 %                –
              samples           32 (1 not found)   –
            """);
  }

  @Test
  void saysNothingWithoutPairs() {
    assertThat(new TransferTable(List.of()).render(List.of(0.25))).isEmpty();
  }
}
