package org.robustnessgap.campaign.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.messages.SmoothnessResult.Lipschitz;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.OtherLimit;

class OtherLimitsTest {
  private static final double NORMALISER = 10;
  private static final List<Double> QUANTILES = List.of(0.25, 0.5);

  private static Map<String, OtherLimit> byName(List<OtherLimit> limits) {
    return limits.stream().collect(Collectors.toMap(OtherLimit::name, Function.identity()));
  }

  /** K = 10: t at p = 0.25 is 0.1579799054 by (L1), the mean at most 0.4734317538 by (L4). */
  @Test
  void latentStatements() {
    Map<String, OtherLimit> limits =
        byName(OtherLimits.latent(ClassMeasures.equiprobable(10), NORMALISER, QUANTILES));
    assertThat(limits).containsOnlyKeys("L2", "L3", "L4", "L4, closed form");
    assertThat(limits.values()).extracting(OtherLimit::kind).containsOnly(Kind.EXACT);
    assertThat(limits.get("L4").mean()).isCloseTo(0.4734317538, within(1e-10));
    assertThat(limits.get("L4").normalisedMean()).isCloseTo(0.04734317538, within(1e-11));
    assertThat(limits.get("L4, closed form").mean()).isGreaterThan(limits.get("L4").mean());
    double balanced = limits.get("L2").quantiles().get(0).distance();
    double equal = limits.get("L3").quantiles().get(0).distance();
    assertThat(equal).isBetween(0.1579799054, balanced);
    assertThat(limits.get("L2").quantiles().get(0).normalised()).isEqualTo(balanced / NORMALISER);
  }

  @Test
  void reasonsWhereAnAssumptionFails() {
    Map<String, OtherLimit> limits =
        byName(OtherLimits.latent(ClassMeasures.of(0.6, 0.4), NORMALISER, QUANTILES));
    assertThat(limits.get("L2").notApplicable()).contains("0.6");
    assertThat(limits.get("L3").notApplicable()).contains("at least 5");
    assertThat(limits.get("L4").kind()).isEqualTo(Kind.EXACT);
    assertThat(byName(OtherLimits.latent(ClassMeasures.of(1, 0), NORMALISER, QUANTILES)).get("L4"))
        .extracting(OtherLimit::notApplicable)
        .isEqualTo("a single class has no limit");
  }

  @Test
  void aLipschitzConstantCertifiesLimitsOnImages() {
    ClassMeasures ten = ClassMeasures.equiprobable(10);
    Map<String, OtherLimit> limits =
        byName(OtherLimits.image(ten, new Lipschitz(25.0, null), NORMALISER, QUANTILES));
    OtherLimit certified = limits.get("L1");
    assertThat(certified.kind()).isEqualTo(Kind.CERTIFIED);
    assertThat(certified.quantiles().get(0).distance()).isCloseTo(25 * 0.1579799054, within(1e-8));
    assertThat(limits.get("L4").mean()).isCloseTo(25 * 0.4734317538, within(1e-8));
  }

  @Test
  void withoutAConstantThereIsAReason() {
    ClassMeasures ten = ClassMeasures.equiprobable(10);
    assertThat(OtherLimits.image(ten, null, NORMALISER, QUANTILES))
        .extracting(OtherLimit::notApplicable)
        .containsOnly("the Lipschitz constant is not known yet");
    Lipschitz unknown = new Lipschitz(null, "node GRU: no Lipschitz constant is known.");
    assertThat(OtherLimits.image(ten, unknown, NORMALISER, QUANTILES))
        .extracting(OtherLimit::notApplicable)
        .containsOnly("node GRU: no Lipschitz constant is known.");
  }
}
