package org.robustnessgap.deploy.local;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferPlan;

/** Small campaigns on the shipped MNIST models. */
final class TestCampaigns {
  private static final Path MODELS = Path.of("models").toAbsolutePath();
  private static final SmoothnessPlan SMOOTHNESS =
      new SmoothnessPlan(List.of(0.15, 0.25, 0.4), 32, 1, 4, 16);

  private TestCampaigns() {}

  /** All spaces, and limits in all of them. */
  static Campaign full(String id, long samples, int batchSize, String... classifiers) {
    return campaign(id, samples, batchSize, AttackPlan.standard(), SMOOTHNESS, classifiers);
  }

  /** All spaces, pixels by another norm, and limits in all of them. */
  static Campaign linf(String id, long samples, int batchSize, String... classifiers) {
    AttackPlan plan =
        new AttackPlan(
            List.of(Space.values()), new Algorithm.BoundaryDescent(Effort.FAST), Norm.LINF, null);
    return campaign(id, samples, batchSize, plan, SMOOTHNESS, classifiers);
  }

  /** Latent space only, which needs no smoothness. */
  static Campaign latent(String id, long samples, int batchSize, String... classifiers) {
    AttackPlan plan = AttackPlan.of(List.of(Space.LATENT), new Algorithm.DeepFool(50, 0.02, 10));
    return campaign(id, samples, batchSize, plan, null, classifiers);
  }

  /** The same, and what pairs of its classifiers share on the first samples. */
  static Campaign withTransfer(Campaign campaign, long samples) {
    return new Campaign(
        campaign.id(),
        campaign.generator(),
        campaign.classifiers(),
        campaign.sampling(),
        campaign.attack(),
        campaign.smoothness(),
        new TransferPlan(samples, 4, Effort.FAST),
        campaign.quantiles());
  }

  private static Campaign campaign(
      String id,
      long samples,
      int batchSize,
      AttackPlan attack,
      SmoothnessPlan smoothness,
      String... classifiers) {
    return new Campaign(
        id,
        new GeneratorReference("mnist-dcgan", model("mnist-dcgan"), 100),
        Arrays.stream(classifiers).map(name -> new ModelReference(name, model(name))).toList(),
        new SamplingPlan(7, samples, null, batchSize, samples, 16, 600),
        attack,
        smoothness,
        null,
        List.of(0.25, 0.5));
  }

  static String model(String name) {
    return MODELS.resolve(name + ".onnx").toString();
  }
}
