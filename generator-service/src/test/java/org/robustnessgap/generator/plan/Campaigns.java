package org.robustnessgap.generator.plan;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;

/** Small campaigns for tests. */
public final class Campaigns {
  public static final GeneratorReference GENERATOR =
      new GeneratorReference("dcgan", "dcgan.onnx", 3);

  private Campaigns() {}

  public static Campaign of(
      String id, SamplingPlan sampling, SmoothnessPlan smoothness, String... classifiers) {
    List<ModelReference> references =
        Arrays.stream(classifiers).map(name -> new ModelReference(name, name + ".onnx")).toList();
    return new Campaign(
        id,
        GENERATOR,
        references,
        sampling,
        AttackPlan.standard(),
        smoothness,
        Campaign.STANDARD_QUANTILES);
  }

  public static SamplingPlan sampling(Long samples, Double rate, int maxJobsInFlight) {
    return new SamplingPlan(7, samples, rate, 4, 8, maxJobsInFlight, 60);
  }

  public static SmoothnessPlan smoothness(long samples) {
    return new SmoothnessPlan(List.of(0.1, 0.2), samples, 1, 1, 2);
  }
}
