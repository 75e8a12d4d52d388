package org.robustnessgap.attack.query.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.metric.ImageMetric;
import org.robustnessgap.attack.metric.Metric;
import org.robustnessgap.attack.search.SearchProblem;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.attack.search.SearchedClassifier;
import org.robustnessgap.messages.Access;

/** Half-spaces, whose distance is known, asked by scores and by labels. */
class QuerySearchTest {
  private static final int PIXELS = 64;

  enum Search {
    SCORES(ScoreSearch::search, 1.001),
    LABELS(LabelSearch::search, 1.1),
    HOP_SKIP_JUMP(HopSkipJump::search, 1.6);

    private final BiFunction<SearchProblem, Integer, List<SearchResult>> search;
    private final double ratio;

    Search(BiFunction<SearchProblem, Integer, List<SearchResult>> search, double ratio) {
      this.search = search;
      this.ratio = ratio;
    }
  }

  /** Answers as its access says, refuses gradients, and remembers how much it was asked. */
  private static final class Asked implements DifferentiableMap {
    private final RowMap map;
    private final Access access;
    private int rows;

    Asked(RowMap map, Access access) {
      this.map = map;
      this.access = access;
    }

    @Override
    public int inputSize() {
      return map.inputSize();
    }

    @Override
    public int outputSize() {
      return map.outputSize();
    }

    @Override
    public Access access() {
      return access;
    }

    @Override
    public Rows apply(Rows points) {
      rows += points.count();
      Rows scores = map.apply(points);
      if (access.tellsScores()) {
        return scores;
      }
      Rows labels = Rows.zeros(points.count(), scores.width());
      for (int i = 0; i < points.count(); i++) {
        labels.values()[i * scores.width() + scores.argMax(i)] = 1;
      }
      return labels;
    }

    @Override
    public Product vjp(Rows points, Rows cotangents) {
      throw new UnsupportedOperationException("it can only be asked");
    }
  }

  private static RowMap.Affine halfSpace() {
    double[][] weights = new double[2][PIXELS];
    SplittableRandom random = new SplittableRandom(2);
    Arrays.setAll(weights[1], i -> random.nextDouble() - 0.5);
    return new RowMap.Affine(weights, new double[] {0, 0.1});
  }

  private static Rows images() {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[12 * PIXELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return new Rows(values, PIXELS);
  }

  private static Asked asked(Search search) {
    return new Asked(halfSpace(), search == Search.SCORES ? Access.SCORES : Access.LABELS);
  }

  private static SearchProblem problem(DifferentiableMap map) {
    return SearchProblem.euclidean(map, images()).shaped(List.of(1L, 8L, 8L));
  }

  @ParameterizedTest
  @EnumSource
  void comesNearTheBoundaryOfAHalfSpace(Search search) {
    RowMap.Affine map = halfSpace();
    double norm = 0;
    for (double weight : map.gradient(new double[PIXELS], new double[] {0, 1})) {
      norm += weight * weight;
    }
    List<SearchResult> results = search.search.apply(problem(asked(search)), 1000);
    for (int i = 0; i < results.size(); i++) {
      double exact = Math.abs(map.value(RowMap.wide(images().row(i)))[1]) / Math.sqrt(norm);
      double found = results.get(i).distanceIfKnown().orElseThrow();
      assertThat(found / exact).as("sample %d", i).isBetween(1 - 1e-4, search.ratio);
    }
  }

  /**
   * A generator that stretches some latent directions ten times as much as others, and four
   * classes: the nearest rival by images is seldom that by latent vectors. The distance to a
   * half-space n · r ≥ m of images Az is m / √(nᵀ(AᵀA)⁻¹n).
   */
  @Test
  void scoresFindTheNearestImageOfALinearGenerator() {
    int d = 12;
    SplittableRandom random = new SplittableRandom(3);
    double[][] stretched = RowMap.gaussian(random, 20, d);
    for (double[] row : stretched) {
      Arrays.setAll(row, i -> row[i] * Math.pow(10, i / (d - 1.0) - 0.5));
    }
    RowMap.Affine generator = new RowMap.Affine(stretched, new double[20]);
    double[][] weights = RowMap.gaussian(random, 4, d);
    RowMap.Affine classifier = new RowMap.Affine(weights, new double[4]);
    Rows z = new Rows(RowMap.narrow(RowMap.gaussian(random, 1, 16 * d)[0]), d);
    Metric metric = ImageMetric.of(generator, z, generator.apply(z));
    SearchProblem problem =
        new SearchProblem(SearchedClassifier.of(new Asked(classifier, Access.SCORES)), z, metric);
    RealMatrix a = MatrixUtils.createRealMatrix(stretched);
    RealMatrix inverse = MatrixUtils.inverse(a.transpose().multiply(a));
    List<SearchResult> results = ScoreSearch.search(problem, 200);
    for (int i = 0; i < results.size(); i++) {
      double[] scores = classifier.value(RowMap.wide(z.row(i)));
      int label = classifier.apply(new Rows(z.row(i), d)).argMax(0);
      double exact = Double.POSITIVE_INFINITY;
      for (int rival = 0; rival < scores.length; rival++) {
        double[] normal = new double[d];
        for (int k = 0; k < d; k++) {
          normal[k] = weights[rival][k] - weights[label][k];
        }
        double dual = Math.sqrt(RowMap.dot(normal, inverse.operate(normal)));
        if (rival != label) {
          exact = Math.min(exact, (scores[label] - scores[rival]) / dual);
        }
      }
      double found = results.get(i).distanceIfKnown().orElseThrow();
      assertThat(found / exact).as("sample %d", i).isBetween(1 - 1e-4, 1.02);
    }
  }

  /** Out of a ball in four dimensions the shortest way is R − ‖x‖. */
  @Test
  void scoresFindTheWayOutOfABall() {
    double radius = 3;
    RowMap ball =
        new RowMap(4, 2) {
          @Override
          public double[] value(double[] x) {
            return new double[] {radius * radius, dot(x, x)};
          }

          @Override
          public double[] gradient(double[] x, double[] v) {
            return Arrays.stream(x).map(each -> 2 * each * v[1]).toArray();
          }
        };
    float[] values = RowMap.narrow(RowMap.gaussian(new SplittableRandom(4), 1, 40)[0]);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.3f;
    }
    Rows samples = new Rows(values, 4);
    List<SearchResult> results =
        ScoreSearch.search(SearchProblem.euclidean(new Asked(ball, Access.SCORES), samples), 300);
    for (int i = 0; i < results.size(); i++) {
      double exact = radius - samples.norm(i);
      double found = results.get(i).distanceIfKnown().orElseThrow();
      assertThat(found / exact).as("sample %d", i).isBetween(1 - 1e-4, 1.03);
    }
  }

  /** Checks included, whatever there is to spend. */
  @ParameterizedTest
  @EnumSource
  void asksNoMoreThanAllowed(Search search) {
    for (int queries : new int[] {10, 11, 17, 40, 123, 400}) {
      Asked map = asked(search);
      SearchProblem problem = problem(map);
      List<SearchResult> results = search.search.apply(problem, queries);
      int all = 0;
      for (int i = 0; i < results.size(); i++) {
        assertThat(problem.forwards(i)).isLessThanOrEqualTo(queries);
        assertThat(results.get(i).forwards()).isEqualTo(problem.forwards(i));
        assertThat(results.get(i).gradients()).isZero();
        all += problem.forwards(i);
      }
      assertThat(map.rows).isEqualTo(all);
    }
  }

  /** The waves are orthonormal, and one way of adding them is as good as the other. */
  @Test
  void wavesAreAnOrthonormalBasis() {
    ProbeBasis basis = ProbeBasis.of(List.of(3L, 5L, 6L));
    assertThat(basis.size()).isEqualTo(90);
    for (int i = 0; i < basis.size(); i++) {
      float[] wave = new float[basis.size()];
      basis.add(wave, i, 2);
      double[] coefficients = basis.coefficients(wave);
      float[] again = basis.combined(coefficients);
      for (int k = 0; k < basis.size(); k++) {
        assertThat(coefficients[k]).isCloseTo(i == k ? 2 : 0, within());
        assertThat((double) again[k]).isCloseTo(wave[k], within());
      }
      assertThat(basis.band(i)).isBetween(0, basis.bands() - 1);
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(1e-5);
  }
}
