package org.robustnessgap.messages;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be watched, and how: the value of topic {@code campaigns}, keyed by its id.
 *
 * @param id name of the campaign
 * @param generator where the data come from; null if they are images of one's own
 * @param classifiers what is judged on them; at least one, names distinct; their input contracts
 *     say the same of the generator's pixels, so that distances are of one space
 * @param sampling which latent vectors are drawn
 * @param attack how perturbations are searched
 * @param smoothness how the generator's modulus of continuity is estimated; null to publish latent
 *     limits only
 * @param transfer how it is measured whether perturbations of one classifier fool another; null not
 *     to
 * @param quantiles fractions p of the data for which limit and measurement are compared, in (0, 1)
 * @param jobs what is said of further kinds of jobs, by kind; absent for none
 * @param diagnostics names of what else is measured of each attacked sample; absent if nothing
 * @param data the images in place of a generator's; absent if there is a generator
 */
public record Campaign(
    String id,
    @OmitEmpty @Nullable GeneratorReference generator,
    List<ModelReference> classifiers,
    SamplingPlan sampling,
    AttackPlan attack,
    @Nullable SmoothnessPlan smoothness,
    @Nullable TransferPlan transfer,
    List<Double> quantiles,
    @OmitEmpty Map<String, JobPlan> jobs,
    @OmitEmpty List<String> diagnostics,
    @OmitEmpty @Nullable ImageData data) {
  /** Without further kinds of jobs and without diagnostics. */
  public Campaign(
      String id,
      GeneratorReference generator,
      List<ModelReference> classifiers,
      SamplingPlan sampling,
      AttackPlan attack,
      @Nullable SmoothnessPlan smoothness,
      @Nullable TransferPlan transfer,
      List<Double> quantiles) {
    this(
        id,
        generator,
        classifiers,
        sampling,
        attack,
        smoothness,
        transfer,
        quantiles,
        Map.of(),
        List.of(),
        null);
  }

  /** The quantiles reported when nobody asks for others; the paper reports 0.25. */
  public static final List<Double> STANDARD_QUANTILES = List.of(0.05, 0.25, 0.5);

  /** Samples of a window of live traffic. */
  private static final long MOST_IN_MEMORY = 4096;

  /** The kinds of jobs whose plans have sections of their own. */
  private static final Set<JobKind> SECTIONS =
      Set.of(JobKind.ATTACK, JobKind.SMOOTHNESS, JobKind.TRANSFER);

  public Campaign {
    Checks.name(id, "campaign id");
    Checks.check(
        (generator == null) != (data == null),
        "campaign %s has %s a generator %s data; give it one of the two (a generator that images are brought back to stands in the inversion of data)",
        id,
        generator == null ? "neither" : "both",
        generator == null ? "nor" : "and");
    Checks.check(
        generator == null || generator.image() == null,
        "the generator of campaign %s has a shape of images, which only data have; leave it out, or give data",
        id);
    classifiers = Checks.notEmpty(classifiers, "list of classifiers of campaign " + id);
    Set<String> names = new HashSet<>();
    for (ModelReference classifier : classifiers) {
      Checks.check(
          names.add(classifier.name()),
          "campaign %s names classifier %s twice",
          id,
          classifier.name());
    }
    requireOnePixelSpace(id, classifiers);
    Checks.present(sampling, "sampling plan of campaign " + id);
    Checks.present(attack, "attack plan of campaign " + id);
    for (ModelReference classifier : classifiers) {
      if (classifier.served()) {
        requireServable(id, classifier, sampling, attack);
        Checks.check(
            transfer == null,
            "campaign %s compares pairs of classifiers, which takes gradients, but %s can only be asked; leave transfer out",
            id,
            classifier.name());
      }
    }
    quantiles = Checks.notEmpty(quantiles, "list of quantiles of campaign " + id);
    quantiles.forEach(quantile -> Checks.probability(quantile, "quantile"));
    Checks.check(
        Set.copyOf(quantiles).size() == quantiles.size(),
        "campaign %s names a quantile twice in %s",
        id,
        quantiles);
    jobs = jobs == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(jobs));
    jobs.forEach((kind, plan) -> requirePlan(id, JobKind.ofLabel(kind), plan));
    diagnostics = Checks.diagnostics(diagnostics);
    if (data != null) {
      if (data.inversion() == null) {
        requireUnconstrained(id, "without a generator", attack.spaces());
      } else {
        requireReconstructed(id, data, attack.spaces());
      }
      requireUnconstrained(
          id,
          data.inversion() == null ? "without a generator" : "whose pairs are compared as they are",
          transfer == null ? List.of() : transfer.spaces());
      Checks.check(
          smoothness == null,
          "campaign %s is of images, and smoothness is a generator's; leave the plan out",
          id);
      if (data.topic() != null) {
        requireOfTraffic(id, sampling, transfer);
      }
    }
  }

  /** What is asked of a served model must be done in time, and within its limits. */
  private static void requireServable(
      String id, ModelReference classifier, SamplingPlan sampling, AttackPlan attack) {
    Endpoint endpoint = classifier.endpointOrStandard();
    long most = endpoint.queriesOfJob(sampling.batchSize(), attack.spaces().size());
    String remedy =
        "lower batch_size of sampling, or queries_per_sample of the endpoint, or the number of spaces";
    Double rate = endpoint.queriesPerSecondOfJob();
    Checks.check(
        rate == null || most / rate <= sampling.jobTimeoutSeconds() / 2,
        "a job of campaign %s may ask %s %d times, which takes %s s at the rate of its endpoint, but is sent again after %s s; %s, or raise job_timeout_seconds",
        id,
        classifier.name(),
        most,
        rate == null ? 0 : Math.round(most / rate),
        sampling.jobTimeoutSeconds(),
        remedy);
    requireWithin(id, classifier, most, endpoint.queriesPerHour(), "queries_per_hour", remedy);
    requireWithin(id, classifier, most, endpoint.queries(), "queries", remedy);
  }

  private static void requireWithin(
      String id,
      ModelReference classifier,
      long most,
      @Nullable Long limit,
      String name,
      String remedy) {
    Checks.check(
        limit == null || most <= limit,
        "a job of campaign %s may ask %s %d times, more than its %s of %d; %s",
        id,
        classifier.name(),
        most,
        name,
        limit,
        remedy);
  }

  private static void requireOfTraffic(
      String id, SamplingPlan sampling, @Nullable TransferPlan transfer) {
    Checks.check(
        sampling.samplesPerSecond() == null,
        "campaign %s is of live traffic, whose rate is that of its windows; leave samples_per_second out",
        id);
    Checks.check(
        sampling.windowSamples() <= MOST_IN_MEMORY,
        "campaign %s draws %d samples of each window of live traffic, but no more than %d are held in memory; lower window_samples",
        id,
        sampling.windowSamples(),
        MOST_IN_MEMORY);
    Checks.check(
        transfer == null,
        "campaign %s is of live traffic, on which pairs of classifiers are not compared yet; leave transfer out",
        id);
  }

  private static void requireReconstructed(String id, ImageData data, List<Space> spaces) {
    Checks.check(
        spaces.contains(Space.UNCONSTRAINED),
        "campaign %s brings images back to latent vectors, but of an image too far from the generator's only the unconstrained space can be searched; add it to the spaces %s",
        id,
        spaces);
    Checks.check(
        spaces.size() > 1,
        "campaign %s brings images back to latent vectors, but searches no space that takes them; add latent or in-distribution to the spaces, or leave the inversion of data %s out",
        id,
        data.name());
  }

  private static void requireUnconstrained(String id, String which, List<Space> spaces) {
    spaces.forEach(
        space ->
            Checks.check(
                space == Space.UNCONSTRAINED,
                "campaign %s is of images %s, so there is no %s space to search; ask for unconstrained alone",
                id,
                which,
                space));
  }

  /** The same with another number of samples. */
  public Campaign endingAt(long end) {
    return new Campaign(
        id,
        generator,
        classifiers,
        sampling.endingAt(end),
        attack,
        smoothness,
        transfer,
        quantiles,
        jobs,
        diagnostics,
        data);
  }

  /** The same with these diagnostics. */
  public Campaign withDiagnostics(List<String> names) {
    return new Campaign(
        id,
        generator,
        classifiers,
        sampling,
        attack,
        smoothness,
        transfer,
        quantiles,
        jobs,
        names,
        data);
  }

  /** Where samples come from: the generator, or the identity on the data. */
  public GeneratorReference source() {
    return data == null ? Objects.requireNonNull(generator, id) : data.identity();
  }

  /** How images are brought back to latent vectors; null if they are not, or there are none. */
  public @Nullable Inversion inversion() {
    return data == null ? null : data.inversion();
  }

  private static void requirePlan(String id, JobKind kind, JobPlan plan) {
    Checks.present(plan, "plan of " + kind + " jobs of campaign " + id);
    Checks.check(
        kind.plan().isInstance(plan),
        "the plan of %s jobs of campaign %s is one of another kind",
        kind,
        id);
    Checks.check(
        !SECTIONS.contains(kind),
        "the plan of %s jobs of campaign %s is not written among its jobs, but as a section of its own",
        kind,
        id);
  }

  private Stream<JobPlan> sections() {
    return Stream.<JobPlan>of(attack, smoothness, transfer).filter(Objects::nonNull);
  }

  /** What it says of this kind of job; empty if it asks for none. */
  public Optional<JobPlan> plan(JobKind kind) {
    return Stream.concat(sections(), jobs.values().stream())
        .filter(kind.plan()::isInstance)
        .findFirst();
  }

  /**
   * How many samples classifiers are judged on, alone or in pairs: the ordinal after the last;
   * empty if there is no last.
   */
  public OptionalLong examined() {
    List<OptionalLong> ends =
        JobKind.ALL.stream()
            .filter(kind -> kind.about() != JobKind.About.GENERATOR)
            .flatMap(kind -> plan(kind).stream())
            .map(plan -> plan.end(sampling))
            .toList();
    return ends.stream().allMatch(OptionalLong::isPresent)
        ? ends.stream().mapToLong(OptionalLong::getAsLong).max()
        : OptionalLong.empty();
  }

  /**
   * @param name of one of the classifiers
   */
  public ModelReference classifier(String name) {
    return classifiers.stream()
        .filter(classifier -> classifier.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void requireOnePixelSpace(String id, List<ModelReference> classifiers) {
    for (ModelReference one : classifiers) {
      for (ModelReference other : classifiers) {
        PixelSpace pixels = one.pixels();
        PixelSpace others = other.pixels();
        Checks.check(
            pixels == null || others == null || pixels.agreesWith(others),
            "the pixels of campaign %s's generator are %s for classifier %s, but %s for %s, and distances in different pixel spaces do not compare; correct the input contracts, or make a campaign for each",
            id,
            PixelSpace.text(pixels),
            one.name(),
            PixelSpace.text(others),
            other.name());
      }
    }
  }
}
