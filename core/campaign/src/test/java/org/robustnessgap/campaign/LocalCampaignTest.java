package org.robustnessgap.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.campaign.run.JobRunner;
import org.robustnessgap.campaign.run.ModelCache;
import org.robustnessgap.campaign.sampling.LatentSource;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Gap;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.JobResult;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.onnx.TestGraph;

/** The generator is g(z) = 2z; classifiers compare a pixel with a multiple of the other. */
class LocalCampaignTest {
  /** Both pixels differ by 1, 2 and 4 latent units. */
  private static final LatentSource LATENTS =
      (first, count) -> {
        float[] values = new float[2 * count];
        for (int i = 0; i < count; i++) {
          values[2 * i] = 1 << (first + i);
        }
        return new LatentBatch(first, 2, values);
      };

  private static final List<Double> MEDIAN = List.of(0.5);

  @TempDir private Path folder;

  private final List<JobResult> answered = new ArrayList<>();
  private final List<JobFailure.GivenUp> givenUp = new ArrayList<>();
  private JobRunner runner;

  @BeforeEach
  void models() throws Exception {
    write("g", new float[][] {{2, 0}, {0, 2}});
    write("a", new float[][] {{1, 0}, {0, 1}});
    write("b", new float[][] {{3, 0}, {0, 3}});
    runner = new JobRunner("here", new ModelCache(folder, new OnnxRuntimeEngine(1)));
  }

  @AfterEach
  void close() {
    runner.close();
  }

  @Test
  void figuresAreThoseOfTheClosedForm() {
    List<Gap> figures = run(campaign("b", "a"));

    assertThat(figures).extracting(gap -> gap.subject().name()).containsExactly("b", "a", "a~b");
    for (Gap figure : figures.subList(0, 2)) {
      RobustnessGap gap = (RobustnessGap) figure;
      assertThat(gap.measured()).isEqualTo(3);
      // The boundary is where both pixels are equal.
      assertThat(distance(gap, Space.LATENT)).isCloseTo(2 / Math.sqrt(2), within(0.01));
      assertThat(distance(gap, Space.IN_DISTRIBUTION)).isCloseTo(4 / Math.sqrt(2), within(0.02));
      assertThat(distance(gap, Space.UNCONSTRAINED)).isCloseTo(4 / Math.sqrt(2), within(0.02));
      assertThat(gap.limitSamples()).isEqualTo(3);
      assertThat(gap.smoothnessSamples()).isEqualTo(4);
    }
    TransferGap pair = (TransferGap) figures.get(2);
    assertThat(pair.measured()).isEqualTo(2);
    assertThat(pair.disagreement().differing()).isZero();
  }

  @Test
  void everyJobIsToldOnce() {
    Campaign campaign = campaign("a", "b");
    long samples = new LocalCampaign(campaign, LATENTS, runner, new Listening()).samples();

    run(campaign);

    assertThat(givenUp).isEmpty();
    assertThat(answered).extracting(JobResult::jobId).doesNotHaveDuplicates();
    assertThat(answered.stream().mapToLong(JobResult::sampleCount).sum()).isEqualTo(samples);
  }

  @Test
  void aModelThatCannotBeReadCostsOnlyItsJobs() {
    List<Gap> figures = run(campaign("a", "gone"));

    assertThat(givenUp)
        .extracting(failure -> failure.jobId().subject())
        .containsOnly("gone", "a~gone");
    assertThat(givenUp.stream().filter(failure -> failure.jobId().kind() == JobKind.ATTACK))
        .allSatisfy(failure -> assertThat(failure.reason()).contains("gone.onnx"));
    assertThat(figures).extracting(Gap::measured).containsExactly(3L, 0L, 0L);
    assertThat(figures).extracting(Gap::failed).containsExactly(0L, 3L, 2L);
  }

  private List<Gap> run(Campaign campaign) {
    return new LocalCampaign(campaign, LATENTS, runner, new Listening()).run();
  }

  private final class Listening implements LocalCampaign.Listener {
    @Override
    public void answered(JobResult result) {
      answered.add(result);
    }

    @Override
    public void givenUp(JobFailure.GivenUp failure) {
      givenUp.add(failure);
    }
  }

  /** Of the median, not normalised. */
  private static double distance(RobustnessGap gap, Space space) {
    QuantileGap median = gap.spaces().get(space).quantiles().get(0);
    return median.measured() * gap.spaces().get(space).normaliser();
  }

  private static Campaign campaign(String... classifiers) {
    List<ModelReference> references = new ArrayList<>();
    for (String name : classifiers) {
      references.add(new ModelReference(name, name + ".onnx"));
    }
    return new Campaign(
        "local",
        new GeneratorReference("g", "g.onnx", 2),
        references,
        SamplingPlan.bounded(1, 3, 2),
        AttackPlan.standard(),
        new SmoothnessPlan(List.of(0.5, 1.0), 4, 1, 1, 3),
        new TransferPlan(2, 1, Effort.FAST),
        MEDIAN);
  }

  private void write(String name, float[][] weights) throws Exception {
    Files.write(folder.resolve(name + ".onnx"), TestGraph.linear(name, weights).toBytes());
  }
}
