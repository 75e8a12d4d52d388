package org.robustnessgap.campaign.plan;

import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.TransferPlan;

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
        null,
        Campaign.STANDARD_QUANTILES);
  }

  /** The same, and transfer between its classifiers on the first samples, in batches of 2. */
  public static Campaign withTransfer(Campaign campaign, long samples) {
    return new Campaign(
        campaign.id(),
        campaign.generator(),
        campaign.classifiers(),
        campaign.sampling(),
        campaign.attack(),
        campaign.smoothness(),
        new TransferPlan(samples, 2, Effort.FAST),
        campaign.quantiles());
  }

  public static SamplingPlan sampling(Long samples, Double rate, int maxJobsInFlight) {
    return new SamplingPlan(7, samples, rate, 4, 8, maxJobsInFlight, 60);
  }

  public static SmoothnessPlan smoothness(long samples) {
    return new SmoothnessPlan(List.of(0.1, 0.2), samples, 1, 1, 2);
  }
}
