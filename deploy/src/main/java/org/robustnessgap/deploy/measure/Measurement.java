package org.robustnessgap.deploy.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.robustnessgap.attack.AttackTarget;
import org.robustnessgap.attack.AttackedBatch;
import org.robustnessgap.attack.GeneratorModel;
import org.robustnessgap.attack.TransferTarget;
import org.robustnessgap.campaign.evidence.LimitEvidence;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.campaign.sampling.LatentSampler;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.AttackResult;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.LatentBatch;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.SmoothnessResult;
import org.robustnessgap.messages.Subject;
import org.robustnessgap.messages.TransferGap;
import org.robustnessgap.messages.TransferPlan;
import org.robustnessgap.messages.TransferResult;
import org.robustnessgap.messages.Window;

/** What the services do to one campaign, as a sequence of calls: attack, bound, aggregate. */
final class Measurement {
  private static final String CAMPAIGN = "measure";
  private static final int BATCH = 32;

  private final GeneratorModel generator;
  private final String generatorName;
  private final LatentBatch latents;
  private final String engine;
  private final PixelSpace pixels;
  private final LimitEvidence evidence = new LimitEvidence();
  private final Map<String, String> reasons = new HashMap<>();
  private State state = State.empty();

  /**
   * @param latents of every sample
   * @param engine what runs the models
   * @param pixels what the input contract says pixels are; null without one
   */
  Measurement(GeneratorModel generator, LatentBatch latents, String engine, PixelSpace pixels) {
    this.generator = generator;
    this.generatorName = streamName(generator.model().name());
    this.latents = latents;
    this.engine = engine;
    this.pixels = pixels;
  }

  /** What runs the models. */
  String engine() {
    return engine;
  }

  /** What results of this plan are made with. */
  Provenance provenance(AttackPlan plan) {
    return new Provenance(generatorName, plan);
  }

  /**
   * Attacks every sample; tells of each as it is done. A batch that fails costs only itself.
   *
   * @param plan how
   * @param attack what is done to a batch, by the plan
   */
  void attack(
      String classifier,
      AttackTarget target,
      AttackPlan plan,
      Function<LatentBatch, AttackedBatch> attack,
      BiConsumer<String, SampleResult> done) {
    Window window = new Window(0, latents.count());
    for (int first = 0; first < latents.count(); first += BATCH) {
      LatentBatch batch = rows(first, Math.min(first + BATCH, latents.count()));
      JobId id = new JobId(CAMPAIGN, JobKind.ATTACK, streamName(classifier), first);
      long started = System.nanoTime();
      AttackedBatch attacked;
      List<SampleResult> samples;
      try {
        attacked = attack.apply(batch);
        samples = attacked.results();
        samples.forEach(sample -> done.accept(classifier, sample));
        target.requireUsable(samples);
      } catch (InvalidInputException e) {
        giveUp(id, window, batch.count(), e.getMessage());
        continue;
      }
      AttackResult result =
          new AttackResult(
              id,
              window,
              target.classes(),
              latents.dimension(),
              CAMPAIGN,
              engine,
              (System.nanoTime() - started) / 1e9,
              samples,
              attacked.suspicions(),
              pixels,
              provenance(plan));
      evidence.add(result);
      state = state.apply(new Event.Answered(result, 0));
    }
  }

  private void giveUp(JobId id, Window window, int samples, String reason) {
    state =
        state.apply(
            new Event.GivenUp(new JobFailure.GivenUp(id, window, samples, 1, CAMPAIGN, reason), 0));
    reasons.put(id.subject(), reason);
  }

  /** For each classifier or pair with samples that could not be attacked, how many and why. */
  List<String> failures(List<RobustnessGap> gaps) {
    List<String> failures = new ArrayList<>();
    for (RobustnessGap gap : gaps) {
      failure(gap.stream().classifier(), gap.failed(), gap.generated()).ifPresent(failures::add);
    }
    pairGaps()
        .forEach(
            gap ->
                failure(gap.pair().subject(), gap.failed(), gap.generated())
                    .ifPresent(failures::add));
    return failures;
  }

  private Optional<String> failure(String subject, long failed, long generated) {
    return failed == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s: %d of %d samples failed. %s",
                subject, failed, generated, reasons.get(subject)));
  }

  /**
   * Examines how smooth the generator is.
   *
   * @param drawn latent vectors; they need not be those that are attacked
   */
  void examine(LatentSampler drawn, SmoothnessPlan plan) {
    for (long first = 0; first < plan.samples(); first += plan.batchSize()) {
      int count = (int) Math.min(plan.batchSize(), plan.samples() - first);
      evidence.add(
          new SmoothnessResult(
              new JobId(CAMPAIGN, JobKind.SMOOTHNESS, generatorName, first),
              plan.radii(),
              CAMPAIGN,
              engine,
              0,
              generator.displacements(drawn.draw(first, count), plan),
              null,
              plan));
    }
  }

  /**
   * Finds out what two classifiers share on the first samples of the plan. A pair that cannot be
   * compared costs only itself.
   */
  void transfer(
      String one,
      AttackTarget oneTarget,
      String other,
      AttackTarget otherTarget,
      TransferPlan plan) {
    PairId pair = PairId.of(CAMPAIGN, streamName(one), streamName(other));
    boolean ascending = pair.first().equals(streamName(one));
    int samples = (int) Math.min(plan.samples(), latents.count());
    for (int from = 0; from < samples; from += plan.batchSize()) {
      LatentBatch batch = rows(from, Math.min(from + plan.batchSize(), samples));
      JobId id = new JobId(CAMPAIGN, JobKind.TRANSFER, pair.subject(), from);
      long started = System.nanoTime();
      try {
        TransferTarget target =
            new TransferTarget(
                ascending ? oneTarget : otherTarget, ascending ? otherTarget : oneTarget);
        List<TransferResult.Sample> found = target.measure(batch, plan);
        target.requireUsable(found);
        TransferResult result =
            new TransferResult(
                id,
                target.classes(),
                latents.dimension(),
                CAMPAIGN,
                engine,
                (System.nanoTime() - started) / 1e9,
                found,
                provenance(plan.attack()));
        evidence.add(result);
        state = state.apply(new Event.Answered(result, 0));
      } catch (InvalidInputException e) {
        giveUp(id, null, batch.count(), e.getMessage());
      }
    }
  }

  /** What was found out about each pair. */
  List<TransferGap> transfers(List<Double> quantiles) {
    for (Subject subject : state.subjects().keySet()) {
      if (subject.kind() == JobKind.TRANSFER) {
        learnLimits(subject, quantiles);
      }
    }
    return pairGaps();
  }

  private List<TransferGap> pairGaps() {
    return state.subjects().keySet().stream()
        .filter(subject -> subject.kind() == JobKind.TRANSFER)
        .flatMap(subject -> state.gap(subject).stream())
        .map(TransferGap.class::cast)
        .toList();
  }

  private void learnLimits(Subject subject, List<Double> quantiles) {
    evidence
        .limits(subject, quantiles)
        .ifPresent(limits -> state = state.apply(new Event.LimitsChanged(limits, 0)));
  }

  /** Limit and measurement of each classifier, in the order they were first attacked. */
  List<RobustnessGap> gaps(List<String> classifiers, List<Double> quantiles) {
    List<RobustnessGap> gaps = new ArrayList<>();
    for (String classifier : classifiers) {
      Subject subject = new Subject(JobKind.ATTACK, CAMPAIGN, streamName(classifier));
      learnLimits(subject, quantiles);
      state.gap(subject).map(RobustnessGap.class::cast).ifPresent(gaps::add);
    }
    return gaps;
  }

  private LatentBatch rows(int from, int to) {
    float[] values = new float[(to - from) * latents.dimension()];
    System.arraycopy(latents.values(), from * latents.dimension(), values, 0, values.length);
    return new LatentBatch(from, latents.dimension(), values);
  }

  /** A file may be called anything; the name of a stream may not. */
  private static String streamName(String classifier) {
    String safe = classifier.replaceAll("[^A-Za-z0-9._-]", "_");
    return Character.isLetterOrDigit(safe.charAt(0)) ? safe : "m" + safe;
  }
}
