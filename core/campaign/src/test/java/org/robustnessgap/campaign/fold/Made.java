package org.robustnessgap.campaign.fold;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.GeneratorReference;
import org.robustnessgap.messages.Job;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Suspicion;
import org.robustnessgap.messages.TheoreticalLimits;
import org.robustnessgap.messages.TheoreticalLimits.CurvePoint;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.TheoreticalLimits.QuantileLimit;
import org.robustnessgap.messages.TheoreticalLimits.SpaceLimit;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferLimits;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;

/** Made-up messages of a campaign whose jobs hold {@link #BATCH} samples each. */
public final class Made {
  public static final int BATCH = 4;
  private static final Map<Space, Double> TYPICAL =
      Map.of(Space.LATENT, 0.12, Space.IN_DISTRIBUTION, 0.5, Space.UNCONSTRAINED, 0.15);

  private Made() {}

  public static JobId jobId(StreamId stream, long ordinal) {
    return new JobId(stream.campaign(), JobKind.ATTACK, stream.classifier(), ordinal);
  }

  public static Event.Sent generated(StreamId stream, Window window, long ordinal) {
    return new Event.Sent(jobId(stream, ordinal), window, BATCH, at(ordinal, 1));
  }

  public static Job.Attack job(StreamId stream, Window window, long ordinal) {
    return new Job.Attack(
        jobId(stream, ordinal),
        new GeneratorReference("gan", "gan.onnx", 2),
        new ModelReference(stream.classifier(), "model.onnx"),
        window,
        AttackPlan.standard(),
        new LatentBatch(ordinal, 2, new float[2 * BATCH]));
  }

  public static Event.Answered measured(StreamId stream, Window window, long ordinal) {
    return new Event.Answered(result(stream, window, ordinal, 1), at(ordinal, 2));
  }

  /** The same job always gets the same numbers, times the scale. */
  public static AttackResult result(StreamId stream, Window window, long ordinal, double scale) {
    SplittableRandom random = new SplittableRandom(stream.hashCode() * 31L + ordinal);
    List<SampleResult> samples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      Map<Space, Outcome> outcomes = new EnumMap<>(Space.class);
      for (Space space : Space.values()) {
        double size = TYPICAL.get(space) * scale * Math.exp(0.8 * normal(random));
        double chance = random.nextDouble();
        outcomes.put(
            space,
            chance < 0.9
                ? new Outcome.Found(size, 1, chance / 10, 11, 7)
                : chance < 0.95
                    ? new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 50, 0)
                    : failed());
      }
      samples.add(new SampleResult(ordinal + i, random.nextInt(10), 10, 27, outcomes));
    }
    // Some look wrong, each in its own words.
    List<Suspicion> suspicions =
        ordinal % (3 * BATCH) == 0
            ? List.of(
                new Suspicion(Suspicion.Kind.IMPLAUSIBLE_DISTANCE, "of job " + ordinal * 7 % 100))
            : List.of();
    return new AttackResult(
        jobId(stream, ordinal),
        window,
        10,
        100,
        "w",
        "onnxruntime-cpu",
        0.1,
        samples,
        suspicions,
        PIXELS,
        STANDARD);
  }

  /** What the results here were made with, unless they say otherwise. */
  public static final Provenance STANDARD = new Provenance("gan", AttackPlan.standard());

  /** The standard plan, of a version of the classifier; null for an unknown one. */
  public static Provenance version(ModelIdentity model) {
    return new Provenance(STANDARD.generator(), STANDARD.attack(), model, null);
  }

  /**
   * Ten jobs of an old version of a classifier and ten of a new one, whose distances are those of
   * the old one times the scale; with limits of the new one.
   */
  public static State replaced(State state, StreamId stream, double scale, List<Double> quantiles) {
    State next = state;
    for (int job = 0; job < 20; job++) {
      long ordinal = (long) job * BATCH;
      boolean old = job < 10;
      AttackResult result = result(stream, new Window(0, 20L * BATCH), ordinal, old ? 1 : scale);
      next = next.apply(new Event.Answered(of(version(old ? OLD : NEW), result), at(ordinal, 2)));
    }
    TheoreticalLimits known = limits(stream, quantiles);
    return next.apply(
        new Event.LimitsChanged(
            new TheoreticalLimits(
                stream,
                known.samples(),
                known.classCounts(),
                known.smoothnessSamples(),
                known.spaces(),
                STANDARD.generator(),
                NEW),
            1));
  }

  /** The versions of {@link #replaced}. */
  public static final ModelIdentity OLD = new ModelIdentity("1", "0a".repeat(32), null);

  public static final ModelIdentity NEW = new ModelIdentity("2", "0b".repeat(32), null);

  /** Another plan. */
  public static final Provenance LINF =
      new Provenance(
          "gan",
          new AttackPlan(
              List.of(Space.values()),
              new Algorithm.BoundaryDescent(Effort.FAST),
              Norm.LINF,
              null));

  /** The same result, made with something else; null for what older workers say. */
  public static AttackResult of(Provenance provenance, AttackResult result) {
    return new AttackResult(
        result.jobId(),
        result.window(),
        result.classes(),
        result.latentDimension(),
        result.worker(),
        result.engine(),
        result.seconds(),
        result.samples(),
        result.suspicions(),
        result.pixels(),
        provenance);
  }

  /** The same for a pair. */
  public static TransferResult of(Provenance provenance, TransferResult result) {
    return new TransferResult(
        result.jobId(),
        result.classes(),
        result.latentDimension(),
        result.worker(),
        result.engine(),
        result.seconds(),
        result.samples(),
        provenance);
  }

  /** What the results of {@link #result(StreamId, Window, long, double)} say pixels are. */
  private static final PixelSpace PIXELS =
      new PixelSpace(Layout.NCHW, null, new PixelRange(-1, 1), null);

  /** A result whose samples have these distances in latent space, and nothing else. */
  public static AttackResult latent(
      StreamId stream, Window window, long ordinal, double... distances) {
    List<SampleResult> samples = new ArrayList<>();
    for (int i = 0; i < distances.length; i++) {
      samples.add(
          new SampleResult(
              ordinal + i,
              0,
              10,
              27,
              Map.of(Space.LATENT, new Outcome.Found(distances[i], 1, 0.125, 3, 2))));
    }
    return new AttackResult(
        jobId(stream, ordinal),
        window,
        10,
        100,
        "w",
        "onnxruntime-cpu",
        0.25,
        samples,
        List.of(),
        null,
        STANDARD);
  }

  /** The figures shown for a classifier. */
  public static Optional<RobustnessGap> gap(State state, StreamId stream) {
    return state.gap(stream.about()).map(RobustnessGap.class::cast);
  }

  /** The figures shown for a pair. */
  public static Optional<TransferGap> gap(State state, PairId pair) {
    return state.gap(pair.about()).map(TransferGap.class::cast);
  }

  private static Outcome.Failed failed() {
    return new Outcome.Failed("A logit is not a finite number.", 1, 1);
  }

  private static double normal(SplittableRandom random) {
    return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
        * Math.cos(2 * Math.PI * random.nextDouble());
  }

  public static Event.GivenUp givenUp(StreamId stream, Window window, long ordinal) {
    return new Event.GivenUp(
        new JobFailure.GivenUp(
            jobId(stream, ordinal), window, BATCH, 5, "w", "There is no file model.onnx."),
        at(ordinal, 3));
  }

  public static JobId jobId(PairId pair, long ordinal) {
    return new JobId(pair.campaign(), JobKind.TRANSFER, pair.subject(), ordinal);
  }

  public static Job.Transfer job(PairId pair, long ordinal) {
    return new Job.Transfer(
        jobId(pair, ordinal),
        new GeneratorReference("gan", "gan.onnx", 2),
        new ModelReference(pair.first(), "first.onnx"),
        new ModelReference(pair.second(), "second.onnx"),
        TransferPlan.standard(100),
        new LatentBatch(ordinal, 2, new float[2 * BATCH]));
  }

  public static Event.Sent generated(PairId pair, long ordinal) {
    return Event.Sent.of(job(pair, ordinal), at(ordinal, 1));
  }

  public static Event.Answered measured(PairId pair, long ordinal) {
    return new Event.Answered(result(pair, ordinal, 1), at(ordinal, 2));
  }

  public static Event.GivenUp givenUp(PairId pair, long ordinal) {
    return new Event.GivenUp(
        new JobFailure.GivenUp(
            jobId(pair, ordinal), null, BATCH, 5, "w", "There is no file second.onnx."),
        at(ordinal, 3));
  }

  /**
   * The same job always gets the same numbers, times the scale. In the latent space of sample i of
   * a job the first classifier's distance is near i + 1, and it fools the second where i is even.
   */
  public static TransferResult result(PairId pair, long ordinal, double scale) {
    SplittableRandom random = new SplittableRandom(pair.hashCode() * 31L + ordinal);
    List<TransferResult.Sample> samples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      double first = scale * (i + 1) * (1 + random.nextDouble() / 100);
      double second = 2 * first;
      boolean transfers = i % 2 == 0;
      samples.add(
          new TransferResult.Sample(
              ordinal + i,
              random.nextInt(10),
              random.nextInt(10),
              27,
              Map.of(
                  Space.LATENT,
                  new TransferResult.Perturbations(
                      new Outcome.Found(transfers ? second : 1.5 * second, 1, null, 20, 30),
                      new TransferResult.Own(new Outcome.Found(first, 1, null, 5, 6), false),
                      new TransferResult.Own(new Outcome.Found(second, 1, null, 5, 6), transfers)),
                  Space.UNCONSTRAINED,
                  new TransferResult.Perturbations(
                      i == 1
                          ? new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 20, 30)
                          : i == 3 ? failed() : new Outcome.Found(3 * first, 1, null, 20, 30),
                      new TransferResult.Own(new Outcome.Found(first, 1, null, 5, 6), false),
                      new TransferResult.Own(new Outcome.Tie(1, 1), null)))));
    }
    return new TransferResult(
        jobId(pair, ordinal),
        10,
        100,
        "w",
        "onnxruntime-cpu",
        0.25,
        samples,
        new Provenance("gan", job(pair, ordinal).plan().attack()));
  }

  public static TransferLimits limits(PairId pair, List<Double> quantiles) {
    Map<Space, SpaceLimit> spaces = new EnumMap<>(Space.class);
    spaces.put(Space.LATENT, limit(Kind.EXACT, 10, 20, quantiles));
    spaces.put(Space.IN_DISTRIBUTION, limit(Kind.ESTIMATED, 27, 64, quantiles));
    spaces.put(Space.UNCONSTRAINED, limit(Kind.ESTIMATED, 27, 64, quantiles));
    return new TransferLimits(
        pair, new TransferLimits.Disagreement(10, 40, 0.127, 0.413), 64L, spaces);
  }

  /** Limits for ten equiprobable classes at the quantiles the system reports. */
  public static TheoreticalLimits limits(StreamId stream) {
    return limits(stream, List.of(0.05, 0.25, 0.5));
  }

  public static TheoreticalLimits limits(StreamId stream, List<Double> quantiles) {
    Map<Space, SpaceLimit> spaces = new EnumMap<>(Space.class);
    spaces.put(Space.LATENT, limit(Kind.EXACT, 9.975, 0.55, quantiles));
    spaces.put(Space.IN_DISTRIBUTION, limit(Kind.ESTIMATED, 27, 32, quantiles));
    spaces.put(Space.UNCONSTRAINED, limit(Kind.ESTIMATED, 27, 32, quantiles));
    List<Long> counts = java.util.Collections.nCopies(10, 10L);
    return new TheoreticalLimits(stream, 100, counts, 64L, spaces);
  }

  private static SpaceLimit limit(
      Kind kind, double normaliser, double scale, List<Double> quantiles) {
    List<CurvePoint> curve = new ArrayList<>();
    for (int i = 0; i <= 400; i++) {
      double distance = scale * 4 * i / 400.0;
      double probability = 1 - Math.exp(-distance / scale);
      curve.add(new CurvePoint(distance, probability, 0.9 * probability, Math.sqrt(probability)));
    }
    List<QuantileLimit> limits =
        quantiles.stream().map(p -> quantileLimit(p, -scale * Math.log1p(-p), normaliser)).toList();
    return new SpaceLimit(kind, normaliser, limits, curve, List.of());
  }

  private static QuantileLimit quantileLimit(double quantile, double distance, double normaliser) {
    return QuantileLimit.of(quantile, distance, 0.96 * distance, 1.05 * distance, normaliser);
  }

  /** Messages about a job in the order in which they usually come. */
  private static long at(long ordinal, int step) {
    return 1_760_000_000_000L + ordinal * 100 + step;
  }
}
