package org.robustnessgap.campaign.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.robustnessgap.limit.ClassMeasures;
import org.robustnessgap.limit.LatentLimit;
import org.robustnessgap.limit.LatentNorm;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.OtherLimit;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;

class LimitEvidenceTest {
  private static final List<Double> QUANTILES = List.of(0.05, 0.25, 0.5);
  private static final StreamId LENET = new StreamId("c", "lenet");
  private static final StreamId VGG = new StreamId("c", "vgg");

  private final LimitEvidence evidence = new LimitEvidence();

  @Test
  void labelsGiveTheExactLatentLimit() {
    evidence.add(Results.attack("c", "lenet", 0, 0, 1, 2, 2));
    TheoreticalLimits limits = limits(evidence, LENET);
    assertThat(limits.stream()).isEqualTo(LENET);
    assertThat(limits.samples()).isEqualTo(4);
    assertThat(limits.classCounts()).containsExactly(1L, 1L, 2L);
    assertThat(limits.smoothnessSamples()).isNull();
    assertThat(limits.spaces()).containsOnlyKeys(Space.LATENT);
    SpaceLimit latent = limits.spaces().get(Space.LATENT);
    assertThat(latent.kind()).isEqualTo(Kind.EXACT);
    assertThat(latent.normaliser()).isEqualTo(LatentNorm.mean(100));
    LatentLimit expected = new LatentLimit(ClassMeasures.of(0.25, 0.25, 0.5));
    for (int i = 0; i < QUANTILES.size(); i++) {
      QuantileLimit limit = latent.quantiles().get(i);
      assertThat(limit.quantile()).isEqualTo(QUANTILES.get(i));
      assertThat(limit.distance())
          .isEqualTo(expected.quantile(QUANTILES.get(i)).orElseThrow())
          .isBetween(limit.lower(), limit.upper());
    }
    assertCurve(latent);
    assertThat(latent.curve())
        .allSatisfy(
            point ->
                assertThat(point.probability()).isEqualTo(expected.probability(point.distance())));
    assertThat(latent.curve().get(63).probability()).isCloseTo(0.99, within(1e-9));
  }

  @Test
  void countsEachSampleOnceAndSamplesWithoutLabelNever() {
    AttackResult first = Results.attack("c", "lenet", 0, 0, -1, 1);
    assertThat(evidence.add(first)).isTrue();
    assertThat(evidence.add(first)).isFalse();
    assertThat(evidence.add(Results.attack("c", "lenet", 2, 1, 2))).isTrue();
    assertThat(evidence.add(Results.attack("c", "lenet", 10, -1))).isFalse();
    assertThat(limits(evidence, LENET).classCounts()).containsExactly(1L, 1L, 1L);
  }

  @Test
  void streamsAndCampaignsAreApart() {
    evidence.add(Results.attack("c", "lenet", 0, 0, 1));
    evidence.add(Results.attack("c", "vgg", 0, 2));
    evidence.add(Results.attack("other", "lenet", 0, 1, 1, 1));
    assertThat(evidence.subjects("c")).containsExactlyInAnyOrder(LENET.about(), VGG.about());
    assertThat(limits(evidence, VGG).classCounts()).containsExactly(0L, 0L, 1L);
    assertThat(limits(evidence, LENET).samples()).isEqualTo(2);
    assertThat(evidence.subjects("unknown")).isEmpty();
    assertThat(evidence.limits(new StreamId("unknown", "lenet").about(), QUANTILES)).isEmpty();
  }

  @Test
  void displacementsGiveEstimatedLimitsInBothImageSpaces() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(999)));
    assertThat(evidence.add(Results.smoothness("c", 0, 1000, 5))).isTrue();
    assertThat(evidence.add(Results.smoothness("c", 0, 1000, 5))).isFalse();
    TheoreticalLimits limits = limits(evidence, LENET);
    assertThat(limits.smoothnessSamples()).isEqualTo(1000);
    assertThat(limits.spaces()).containsOnlyKeys(Space.values());
    SpaceLimit image = limits.spaces().get(Space.IN_DISTRIBUTION);
    assertThat(limits.spaces().get(Space.UNCONSTRAINED)).isEqualTo(image);
    assertThat(image.kind()).isEqualTo(Kind.ESTIMATED);
    assertThat(image.normaliser()).isCloseTo(Results.IMAGE_NORM, within(1e-9));
    // Three equal classes: L(0.1) = 0.11, L(0.3) = 0.31, L(0.6) = 0.58; images move by 5t.
    assertThat(image.quantiles())
        .extracting(QuantileLimit::distance)
        .containsExactly(0.5, 1.5, 3.0);
    assertThat(image.quantiles())
        .allSatisfy(limit -> assertThat(limit.distance()).isBetween(limit.lower(), limit.upper()));
    assertCurve(image);
    assertThat(image.curve().get(63).distance()).isEqualTo(5.0);
    assertThat(image.curve().get(63).probability())
        .isCloseTo(new LatentLimit(ClassMeasures.equiprobable(3)).probability(1), within(0.005));
  }

  @Test
  void underTheGeneratorsOwnMixLimitsAreItsOwn() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(999)));
    evidence.add(Results.smoothness("c", 0, 1000, 5));
    Map<Space, SpaceLimit> own = limits(evidence, LENET).spaces();
    Map<Space, SpaceLimit> mix =
        evidence.limits(LENET.about(), QUANTILES, List.of(200L, 200L, 200L));

    assertThat(mix).containsOnlyKeys(Space.values());
    for (Space space : Space.values()) {
      for (int i = 0; i < QUANTILES.size(); i++) {
        QuantileLimit limit = mix.get(space).quantiles().get(i);
        assertThat(limit.distance())
            .isCloseTo(own.get(space).quantiles().get(i).distance(), within(1e-9))
            .isBetween(limit.lower(), limit.upper());
      }
      assertThat(mix.get(space).kind()).isEqualTo(own.get(space).kind());
    }
    assertCurve(mix.get(Space.LATENT));
    assertCurve(mix.get(Space.UNCONSTRAINED));
  }

  @Test
  void aMixOfOtherClassesIsRefused() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(9)));

    assertThatThrownBy(() -> evidence.limits(LENET.about(), QUANTILES, List.of(1L, 2L)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("labels of 3 classes, the mix of 2");
    assertThat(evidence.limits(VGG.about(), QUANTILES, List.of(1L, 2L))).isEmpty();
  }

  @Test
  void aSingleClassIsUnlimitedAboveButNotBelow() {
    evidence.add(Results.attack("c", "lenet", 0, 1, 1, 1));
    evidence.add(Results.smoothness("c", 0, 500, 5));
    TheoreticalLimits limits = limits(evidence, LENET);
    for (SpaceLimit space : limits.spaces().values()) {
      assertThat(space.quantiles())
          .allSatisfy(
              limit -> {
                assertThat(limit.distance()).isNull();
                assertThat(limit.lower()).isPositive();
              });
      assertThat(space.curve()).extracting(CurvePoint::probability).containsOnly(0.0);
    }
  }

  @Test
  void orderDoesNotMatter() {
    List<JobResult> results = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      results.add(Results.attack("c", "lenet", 10 * i, evenLabels(10)));
      results.add(Results.smoothness("c", 10 * i, 10, 4 + 0.1 * i));
    }
    TheoreticalLimits expected = folded(results);
    Random random = new Random(8);
    for (int round = 0; round < 5; round++) {
      results.addAll(results.subList(0, 5));
      Collections.shuffle(results, random);
      assertThat(folded(results)).isEqualTo(expected);
    }
  }

  /**
   * Ten equal classes and log-normal displacements, so that the limit at perfect knowledge is
   * known: min over t of the quantile of D_t at 1 − (L(t) − p).
   */
  @Test
  void theIntervalsCoverPerfectKnowledge() {
    Random random = new Random(9);
    LatentLimit truth = new LatentLimit(ClassMeasures.equiprobable(10));
    double latentLimit = truth.quantile(0.25).orElseThrow();
    double sigma = 0.35;
    double imageLimit = Double.POSITIVE_INFINITY;
    for (double t : Results.RADII) {
      double left = truth.probability(t) - 0.25;
      if (left > 0) {
        double z = NormalDistribution.of(0, 1).inverseSurvivalProbability(left);
        imageLimit = Math.min(imageLimit, 20 * t * Math.exp(sigma * z));
      }
    }
    int rounds = 100;
    int coveredLatent = 0;
    int coveredImage = 0;
    int cautious = 0;
    for (int round = 0; round < rounds; round++) {
      LimitEvidence sampled = new LimitEvidence();
      sampled.add(Results.attack(10, "c", "lenet", 0, random.ints(300, 0, 10).toArray()));
      List<SmoothnessResult.Sample> samples =
          IntStream.range(0, 300)
              .mapToObj(
                  i -> {
                    double slope = 20 * Math.exp(sigma * random.nextGaussian());
                    return new SmoothnessResult.Sample(
                        i, 10, Results.RADII.stream().map(t -> slope * t).toList());
                  })
              .toList();
      SmoothnessResult base = Results.smoothness("c", 0, 1, 5);
      sampled.add(new SmoothnessResult(base.jobId(), Results.RADII, "w", "e", 1, samples, null));
      var spaces = sampled.limits(LENET.about(), List.of(0.25)).orElseThrow().spaces();
      QuantileLimit latent = spaces.get(Space.LATENT).quantiles().get(0);
      QuantileLimit image = spaces.get(Space.IN_DISTRIBUTION).quantiles().get(0);
      coveredLatent += latent.lower() <= latentLimit && latentLimit <= latent.upper() ? 1 : 0;
      coveredImage += image.lower() <= imageLimit && imageLimit <= image.upper() ? 1 : 0;
      cautious += image.distance() >= imageLimit ? 1 : 0;
    }
    assertThat(coveredLatent).isGreaterThanOrEqualTo(95);
    assertThat(coveredImage).isGreaterThanOrEqualTo(95);
    assertThat(cautious).isGreaterThanOrEqualTo(90);
  }

  @Test
  void survivesAbsurdNumbers() {
    assertThatThrownBy(() -> evidence.add(Results.attack(Integer.MAX_VALUE, "c", "lenet", 0, 5)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 1000000");
    SampleResult huge =
        new SampleResult(
            0,
            1,
            1,
            1.7e308,
            Map.of(Space.LATENT, new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 1, 1)));
    SampleResult another =
        new SampleResult(
            1,
            2,
            1,
            1.7e308,
            Map.of(Space.LATENT, new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 1, 1)));
    AttackResult base = Results.attack("c", "lenet", 0, 0);
    evidence.add(
        new AttackResult(base.jobId(), base.window(), 3, 100, "w", "e", 1, List.of(huge, another)));
    evidence.add(Results.smoothness("c", 0, 500, 1e307));
    assertThat(
            evidence
                .limits(LENET.about(), QUANTILES)
                .orElseThrow()
                .spaces()
                .get(Space.UNCONSTRAINED)
                .normaliser())
        .isEqualTo(1.7e308);
  }

  private static AttackResult of(String generator, AttackResult result) {
    return of(generator, AttackPlan.standard(), result);
  }

  private static AttackResult of(String generator, AttackPlan plan, AttackResult result) {
    return new AttackResult(
        result.jobId(),
        result.window(),
        result.classes(),
        result.latentDimension(),
        result.worker(),
        result.engine(),
        result.seconds(),
        result.samples(),
        List.of(),
        null,
        new Provenance(generator, plan));
  }

  @Test
  void labelsOfAnUnknownGeneratorsImagesCountWhileNoResultNamesOne() {
    evidence.add(Results.attack("c", "lenet", 3, 0, 0));
    assertThat(limits(evidence, LENET).samples()).isEqualTo(2);
    assertThat(evidence.add(of("gan", Results.attack("c", "lenet", 0, 0, 1, 2)))).isTrue();
    assertThat(limits(evidence, LENET).classCounts()).containsExactly(1L, 1L, 1L);
    assertThatThrownBy(() -> evidence.add(Results.attack("c", "lenet", 5, 0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("unknown generator");
    assertThat(limits(evidence, LENET).samples()).isEqualTo(3);
  }

  @Test
  void labelsOfAnotherGeneratorsImagesAreRefusedAndThoseOfAnotherAttackAreNot() {
    evidence.add(of("gan", Results.attack("c", "lenet", 0, 0, 1, 2)));
    assertThatThrownBy(() -> evidence.add(of("gan2", Results.attack("c", "lenet", 3, 0, 1, 2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is of images of gan2, but earlier jobs of c/lenet of images of gan");
    // Another plan's: the label is the classifier's own.
    assertThat(
            evidence.add(
                of(
                    "gan",
                    AttackPlan.of(List.of(Space.LATENT), Algorithm.DeepFool.standard()),
                    Results.attack("c", "lenet", 3, 0, 1, 2))))
        .isTrue();

    TheoreticalLimits limits = limits(evidence, LENET);
    assertThat(limits.samples()).isEqualTo(6);
    assertThat(limits.generator()).isEqualTo("gan");
  }

  private static AttackResult of(String digest, String generator, AttackResult result) {
    AttackResult plain = of(generator, result);
    return new AttackResult(
        plain.jobId(),
        plain.window(),
        plain.classes(),
        plain.latentDimension(),
        plain.worker(),
        plain.engine(),
        plain.seconds(),
        plain.samples(),
        List.of(),
        null,
        new Provenance(
            generator, AttackPlan.standard(), new ModelIdentity(null, digest, null), null));
  }

  @Test
  void labelsOfTwoVersionsAreNotMixedAndTheLatestByOrdinalCounts() {
    assertThat(evidence.add(of("0b", "gan", Results.attack("c", "lenet", 6, 0, 0)))).isTrue();
    assertThat(evidence.add(of("0a", "gan", Results.attack("c", "lenet", 0, 0, 1, 2))))
        .as("of the version before, late")
        .isFalse();
    TheoreticalLimits limits = limits(evidence, LENET);
    assertThat(limits.model()).isEqualTo(new ModelIdentity(null, "0b", null));
    assertThat(limits.classCounts()).containsExactly(2L, 0L, 0L);

    assertThat(evidence.add(of("0a", "gan", Results.attack("c", "lenet", 8, 2, 2)))).isTrue();
    limits = limits(evidence, LENET);
    assertThat(limits.model()).as("back again").isEqualTo(new ModelIdentity(null, "0a", null));
    assertThat(limits.classCounts()).containsExactly(1L, 1L, 3L);
  }

  @Test
  void aVersionMayHaveOtherClassesButNoOtherGenerator() {
    evidence.add(of("0a", "gan", Results.attack("c", "lenet", 0, 0, 1, 2)));
    evidence.add(of("0b", "gan", Results.attack(4, "c", "lenet", 3, 3)));
    assertThat(limits(evidence, LENET).classCounts()).containsExactly(0L, 0L, 0L, 1L);
    assertThatThrownBy(
            () -> evidence.add(of("0c", "gan2", Results.attack("c", "lenet", 4, 0, 1, 2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is of images of gan2");
    assertThatThrownBy(
            () -> evidence.add(of("0b", "gan", Results.attack("c", "lenet", 4, 0, 1, 2))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("classes");
  }

  @Test
  void displacementsOfAnotherGeneratorOrSearchAreNotMixed() {
    evidence.add(of("gan", Results.attack("c", "lenet", 0, evenLabels(999))));
    evidence.add(Results.smoothness("c", 0, 500, 5));
    TheoreticalLimits alone = limits(evidence, LENET);

    SmoothnessResult far = Results.smoothness("c", 500, 400, 50);
    evidence.add(
        new SmoothnessResult(
            new JobId("c", JobKind.SMOOTHNESS, "gan2", 500),
            far.radii(),
            "w",
            "e",
            1,
            far.samples(),
            null));
    evidence.add(
        new SmoothnessResult(
            far.jobId(),
            far.radii(),
            "w",
            "e",
            1,
            far.samples(),
            null,
            new SmoothnessPlan(far.radii(), 1000, 4, 8, 64)));

    assertThat(evidence.limits(LENET.about(), QUANTILES)).contains(alone);
    assertThat(alone.smoothnessSamples()).isEqualTo(500);
  }

  @Test
  void laterRadiiJoinEarlierOnes() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(999)));
    evidence.add(Results.smoothness("c", 0, 500, 5));
    List<SmoothnessResult.Sample> samples =
        IntStream.range(500, 1000)
            .mapToObj(i -> new SmoothnessResult.Sample(i, 10, List.of(1.0)))
            .toList();
    SmoothnessResult base = Results.smoothness("c", 500, 1, 5);
    evidence.add(new SmoothnessResult(base.jobId(), List.of(0.27), "w", "e", 1, samples, null));
    assertThat(
            evidence
                .limits(LENET.about(), List.of(0.25))
                .orElseThrow()
                .spaces()
                .get(Space.IN_DISTRIBUTION)
                .quantiles()
                .get(0)
                .distance())
        .isEqualTo(1.0);
  }

  @Test
  void aProvenConstantAddsACertifiedLimit() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(999)));
    SmoothnessResult plain = Results.smoothness("c", 0, 1000, 5);
    evidence.add(plain);
    assertThat(others()).extracting(OtherLimit::kind).containsOnlyNulls();
    SmoothnessResult proven =
        new SmoothnessResult(
            plain.jobId(),
            plain.radii(),
            "w",
            "e",
            1,
            plain.samples(),
            new SmoothnessResult.Lipschitz(50.0, null));
    assertThat(evidence.add(proven)).as("the limits change").isTrue();
    assertThat(evidence.add(proven)).isFalse();
    OtherLimit certified = others().get(0);
    assertThat(certified.kind()).isEqualTo(Kind.CERTIFIED);
    double latent = new LatentLimit(ClassMeasures.equiprobable(3)).quantile(0.25).orElseThrow();
    assertThat(certified.quantiles().get(1).distance()).isCloseTo(50 * latent, within(1e-9));
  }

  /** ω(t) = σ₁ t: all of the latent limit with distances σ₁ times as long, nothing estimated. */
  @Test
  void anAffineGeneratorHasExactLimitsOnImages() {
    evidence.add(Results.attack("c", "lenet", 0, evenLabels(999)));
    SmoothnessResult plain = Results.smoothness("c", 0, 1000, 5);
    evidence.add(plain);
    assertThat(limits(evidence, LENET).spaces().get(Space.IN_DISTRIBUTION).kind())
        .isEqualTo(Kind.ESTIMATED);
    assertThat(
            evidence.add(
                new SmoothnessResult(
                    plain.jobId(),
                    plain.radii(),
                    "w",
                    "e",
                    1,
                    plain.samples(),
                    SmoothnessResult.Lipschitz.exactly(2.5))))
        .isTrue();

    SpaceLimit latent = limits(evidence, LENET).spaces().get(Space.LATENT);
    for (Space space : List.of(Space.IN_DISTRIBUTION, Space.UNCONSTRAINED)) {
      SpaceLimit image = limits(evidence, LENET).spaces().get(space);
      assertThat(image.kind()).isEqualTo(Kind.EXACT);
      assertThat(image.normaliser()).isEqualTo(Results.IMAGE_NORM);
      for (int i = 0; i < QUANTILES.size(); i++) {
        QuantileLimit at = latent.quantiles().get(i);
        assertThat(image.quantiles().get(i))
            .isEqualTo(
                QuantileLimit.of(
                    at.quantile(),
                    2.5 * at.distance(),
                    2.5 * at.lower(),
                    2.5 * at.upper(),
                    Results.IMAGE_NORM));
      }
      assertCurve(image);
      assertThat(image.curve().get(63).distance())
          .isEqualTo(2.5 * latent.curve().get(63).distance());
      assertThat(image.others()).extracting(OtherLimit::name).doesNotContain("L1").contains("L4");
      assertThat(image.others()).extracting(OtherLimit::kind).doesNotContain(Kind.CERTIFIED);
    }
  }

  private List<OtherLimit> others() {
    return evidence
        .limits(LENET.about(), QUANTILES)
        .orElseThrow()
        .spaces()
        .get(Space.IN_DISTRIBUTION)
        .others();
  }

  @Test
  void refusesContradictions() {
    evidence.add(Results.attack("c", "lenet", 0, 0, 1));
    assertThatThrownBy(() -> evidence.add(Results.attack(7, "c", "lenet", 2, 0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("c/attack/lenet/2 reports 7 classes")
        .hasMessageContaining("reported 3");
  }

  private static TheoreticalLimits limits(LimitEvidence evidence, StreamId stream) {
    return (TheoreticalLimits) evidence.limits(stream.about(), QUANTILES).orElseThrow();
  }

  private static TheoreticalLimits folded(List<JobResult> results) {
    LimitEvidence evidence = new LimitEvidence();
    results.forEach(evidence::add);
    return limits(evidence, LENET);
  }

  private static int[] evenLabels(int samples) {
    return IntStream.range(0, samples).map(i -> i % 3).toArray();
  }

  private static void assertCurve(SpaceLimit limit) {
    assertThat(limit.curve()).hasSize(64);
    assertThat(limit.curve()).extracting(CurvePoint::distance).isSorted();
    assertThat(limit.curve()).extracting(CurvePoint::probability).isSorted();
    assertThat(limit.curve())
        .allSatisfy(p -> assertThat(p.probability()).isBetween(p.lower(), p.upper()));
    assertThat(limit.curve().get(0)).isEqualTo(new CurvePoint(0, 0, 0.0, 0.0));
  }
}
