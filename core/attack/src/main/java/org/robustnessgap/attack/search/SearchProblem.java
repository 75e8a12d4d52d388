package org.robustnessgap.attack.search;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Logits;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.map.Vectors;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.metric.NormMetric;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.StableApi;

/**
 * What a search is to solve: for each sample of a batch, the shortest perturbation that changes the
 * classifier's label. Keeps count of what is spent on each sample, and checks what is found. Used
 * by one thread at a time.
 */
@StableApi
public final class SearchProblem {
  /** How far a point that fails its check alone is pushed out at first, relative to its length. */
  private static final double LEAST_PUSH = 1e-6;

  private static final int PUSHES = 6;

  /** Two units in the last place of float32, relative to the largest logit. */
  private static final double ROUNDING = 0x1p-22;

  private final SearchedClassifier classifier;
  private final Rows samples;
  private final Metric metric;

  /** Axes of a sample; of a single one where nothing is known of them. */
  private final List<Long> shape;

  /** Null where there is none. */
  private final @Nullable DifferentiableMap surrogate;

  private final int[] gradients;
  private final int[] forwards;

  /** Null until it is asked for. */
  private @Nullable Origins origins;

  /**
   * @param samples [n, width]
   * @param metric how long a perturbation of each of them is
   */
  @InternalApi
  public SearchProblem(SearchedClassifier classifier, Rows samples, Metric metric) {
    this(classifier, samples, metric, List.of((long) samples.width()), null);
  }

  private SearchProblem(
      SearchedClassifier classifier,
      Rows samples,
      Metric metric,
      List<Long> shape,
      @Nullable DifferentiableMap surrogate) {
    this.classifier = classifier;
    this.samples = samples;
    this.metric = metric;
    this.shape = shape;
    this.surrogate = surrogate;
    this.gradients = new int[samples.count()];
    this.forwards = new int[samples.count()];
  }

  /** Of a classifier that answers alike whatever the sample. */
  @InternalApi
  public SearchProblem(DifferentiableMap classifier, Rows samples, Metric metric) {
    this(SearchedClassifier.of(classifier), samples, metric);
  }

  /** By the ℓ2 norm, without bounds. */
  @InternalApi
  public static SearchProblem euclidean(DifferentiableMap classifier, Rows samples) {
    return new SearchProblem(classifier, samples, NormMetric.euclidean(samples));
  }

  /** The same samples with nothing spent on them, by another metric. */
  @InternalApi
  public SearchProblem by(Metric other) {
    return new SearchProblem(classifier, samples, other, shape, surrogate);
  }

  /**
   * The same, nothing spent, of samples whose axes are known.
   *
   * @param axes of one sample, for instance [3, 32, 32]
   */
  @InternalApi
  public SearchProblem shaped(List<Long> axes) {
    return new SearchProblem(classifier, samples, metric, List.copyOf(axes), surrogate);
  }

  /**
   * The same, nothing spent, with another classifier of the same samples that a search may
   * differentiate instead. What is spent on it does not count.
   */
  @InternalApi
  public SearchProblem guidedBy(DifferentiableMap other) {
    return new SearchProblem(classifier, samples, metric, shape, other);
  }

  /** What may be learned of the classifier. */
  public Access access() {
    return classifier.access();
  }

  /** Axes of a sample, for instance [3, 32, 32]; a single one where nothing is known of them. */
  @InternalApi
  public List<Long> shape() {
    return shape;
  }

  /** Another classifier of the same samples that may be differentiated; empty for none. */
  @InternalApi
  public Optional<DifferentiableMap> surrogate() {
    return Optional.ofNullable(surrogate);
  }

  /** The samples, [n, width]. */
  public Rows samples() {
    return samples;
  }

  /** K, the number of classes. */
  public int classes() {
    return classifier.classes();
  }

  @InternalApi
  public Metric metric() {
    return metric;
  }

  /** What the classifier says of the samples; the first call evaluates it there. */
  @InternalApi
  public Origins origins() {
    if (origins == null) {
      int[] all = IntStream.range(0, samples.count()).toArray();
      Logits scores = logits(samples, all);
      Logits answers = classifier.answersOtherwise() ? new Logits(answers(samples, all)) : scores;
      origins = new Origins(scores, answers);
    }
    return origins;
  }

  /** The classifier's own label of a sample that is not {@link #settled}. */
  public int label(int sample) {
    return origins().label(sample);
  }

  /** The result of a sample that no search can begin from: a tie, or a failure. */
  public Optional<SearchResult> settled(int sample) {
    Optional<SearchResult> failure =
        origins().obstacle(sample).map(reason -> failed(sample, reason));
    return failure.isEmpty() && origins().isTie(sample) ? Optional.of(tie(sample)) : failure;
  }

  /**
   * The scores that a search goes by; the largest wins.
   *
   * @param points [m, width]
   * @param perturbed for each of them, the index of the sample that it perturbs
   * @return of each point
   */
  public Logits logits(Rows points, int[] perturbed) {
    count(forwards, perturbed);
    return new Logits(classifier.logits(points, perturbed));
  }

  /**
   * The classifier's labels and nothing else.
   *
   * @return of each point; −1 where the answer is not finite
   */
  public int[] labels(Rows points, int[] perturbed) {
    return new Logits(answers(points, perturbed)).labels();
  }

  private Rows answers(Rows points, int[] perturbed) {
    count(forwards, perturbed);
    return classifier.answers(points, perturbed);
  }

  /**
   * Scores and vector–Jacobian products.
   *
   * @param points [m, width]
   * @param cotangents [m, K]
   * @param perturbed for each point, the index of the sample that it perturbs
   */
  public DifferentiableMap.Product vjp(Rows points, Rows cotangents, int[] perturbed) {
    count(gradients, perturbed);
    return classifier.vjp(points, cotangents, perturbed);
  }

  private static void count(int[] spent, int[] perturbed) {
    for (int sample : perturbed) {
      spent[sample]++;
    }
  }

  /** Scores and gradients of f_target − f_label at points that perturb these samples. */
  @InternalApi
  public DifferentiableMap.Product marginGradients(
      Rows points, int[] targets, int[] labels, int[] perturbed) {
    Rows cotangents = Rows.zeros(points.count(), classes());
    for (int i = 0; i < targets.length; i++) {
      cotangents.values()[i * classes() + targets[i]] = 1;
      cotangents.values()[i * classes() + labels[i]] = -1;
    }
    return vjp(points, cotangents, perturbed);
  }

  /** Vector–Jacobian products spent on a sample. */
  public int gradients(int sample) {
    return gradients[sample];
  }

  /** Evaluations without a gradient spent on a sample. */
  public int forwards(int sample) {
    return forwards[sample];
  }

  /**
   * Checks a perturbation by evaluating the perturbed sample alone: rounding differs between batch
   * sizes. The new label should win by more than rounding; a point where it does not is pushed out
   * by a millionth of its length, then four times as far, up to a thousandth. The nearest point
   * with another label serves where no push gives it such a lead.
   *
   * @param perturbation [width]; what bounds do not allow of it is left out
   * @return what was found; {@link SearchResult.NotFound} or {@link SearchResult.Failed} if the
   *     label does not change there
   */
  public SearchResult verified(int sample, float[] perturbation) {
    return verified(sample, label(sample), perturbation);
  }

  @InternalApi
  public SearchResult verified(int sample, int label, float[] perturbation) {
    return verified(sample, label, perturbation, PUSHES + 1);
  }

  /**
   * The same by at most so many evaluations.
   *
   * @param evaluations at least 1
   */
  @InternalApi
  public SearchResult verified(int sample, int label, float[] perturbation, int evaluations) {
    int[] alone = {sample};
    float[] holding = null;
    int heldLabel = label;
    double outwards = 0;
    for (int push = 0; push <= PUSHES && push < evaluations; push++) {
      float[] pushed = metric.allowed(sample, Vectors.scaled(perturbation, 1 + outwards));
      Rows point = classifier.seen(samples.plus(alone, List.of(pushed)));
      Logits logits = new Logits(answers(point, alone));
      boolean holds = logits.isFinite(0) && logits.label(0) != label;
      boolean leads = holds && logits.margin(0, label) > ROUNDING * logits.largest(0);
      if (leads || (holds && holding == null)) {
        holding = point.row(0);
        heldLabel = logits.label(0);
      }
      if (leads) {
        break;
      }
      outwards = LEAST_PUSH * Math.pow(4, push);
    }
    if (holding == null) {
      return classifier.answersOtherwise()
          ? failed(sample, Saturation.AT_BOUNDARY)
          : notFound(sample, Outcome.NotFound.Reason.BUDGET);
    }
    // What is left of the perturbation once the point is rounded.
    float[] rounded = Vectors.sum(holding, samples.row(sample), -1);
    double length = metric.lengths(alone, new Rows(rounded, rounded.length))[0];
    return new SearchResult.Found(
        holding, length, heldLabel, Double.NaN, gradients[sample], forwards[sample]);
  }

  /** A sample on which the classifier gave no usable answer, at what was spent on it so far. */
  public SearchResult failed(int sample, String reason) {
    return new SearchResult.Failed(reason, gradients[sample], forwards[sample]);
  }

  @InternalApi
  public SearchResult tie(int sample) {
    return new SearchResult.Tie(gradients[sample], forwards[sample]);
  }

  /** A sample whose label no point tried changes, at what was spent on it so far. */
  public SearchResult notFound(int sample, Outcome.NotFound.Reason reason) {
    return new SearchResult.NotFound(reason, gradients[sample], forwards[sample]);
  }
}
