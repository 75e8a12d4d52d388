package org.robustnessgap.campaign.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SamplingPlan;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;

/** Messages for tests: classifiers of three classes on images of norm 10. */
public final class Results {
  public static final int DIMENSION = 100;
  public static final double IMAGE_NORM = 10;
  public static final List<Double> RADII = List.of(0.1, 0.3, 0.6, 1.0);

  private Results() {}

  public static Campaign campaign(String id, Double... quantiles) {
    return new Campaign(
        id,
        new GeneratorReference("gan", "gan.onnx", DIMENSION),
        List.of(new ModelReference("lenet", "lenet.onnx"), new ModelReference("vgg", "vgg.onnx")),
        SamplingPlan.bounded(1, 1000, 100),
        AttackPlan.standard(),
        SmoothnessPlan.standard(1000),
        null,
        List.of(quantiles));
  }

  /** One sample for each label, with consecutive ordinals. */
  public static AttackResult attack(
      String campaign, String classifier, long firstOrdinal, int... labels) {
    return attack(3, campaign, classifier, firstOrdinal, labels);
  }

  public static AttackResult attack(
      int classes, String campaign, String classifier, long firstOrdinal, int... labels) {
    List<SampleResult> samples = new ArrayList<>();
    for (int label : labels) {
      samples.add(
          new SampleResult(
              firstOrdinal + samples.size(),
              label,
              10,
              label < 0 ? 1e6 : IMAGE_NORM,
              Map.of(Space.LATENT, new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 1, 1))));
    }
    return new AttackResult(
        new JobId(campaign, JobKind.ATTACK, classifier, firstOrdinal),
        new Window(0, 1000),
        classes,
        DIMENSION,
        "w",
        "e",
        1,
        samples);
  }

  /** One sample for each pair of labels of three classes, with consecutive ordinals. */
  public static TransferResult transfer(PairId pair, long firstOrdinal, int[]... labels) {
    return transfer(3, pair, firstOrdinal, labels);
  }

  public static TransferResult transfer(
      int classes, PairId pair, long firstOrdinal, int[]... labels) {
    List<TransferResult.Sample> samples = new ArrayList<>();
    for (int[] both : labels) {
      samples.add(
          new TransferResult.Sample(
              firstOrdinal + samples.size(), both[0], both[1], IMAGE_NORM, Map.of()));
    }
    return new TransferResult(
        new JobId(pair.campaign(), JobKind.TRANSFER, pair.subject(), firstOrdinal),
        classes,
        DIMENSION,
        "w",
        "e",
        1,
        samples);
  }

  /** g moves every image by the same multiple of the radius. */
  public static SmoothnessResult smoothness(
      String campaign, long firstOrdinal, int samples, double slope) {
    List<SmoothnessResult.Sample> list = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      list.add(
          new SmoothnessResult.Sample(
              firstOrdinal + i, IMAGE_NORM, RADII.stream().map(t -> slope * t).toList()));
    }
    return new SmoothnessResult(
        new JobId(campaign, JobKind.SMOOTHNESS, "gan", firstOrdinal),
        RADII,
        "w",
        "e",
        1,
        list,
        null);
  }
}
