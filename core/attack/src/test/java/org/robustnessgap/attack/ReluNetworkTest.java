package org.robustnessgap.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.robustnessgap.attack.descent.Schedule;
import org.robustnessgap.attack.descent.Searches;
import org.robustnessgap.attack.map.RowMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.attack.search.SearchResult;
import org.robustnessgap.messages.Effort;

/**
 * Small ReLU networks, whose exact minimal perturbations come from enumerating every pattern of
 * active units: within one the logits are affine, so the nearest point with another label solves a
 * small quadratic problem.
 */
class ReluNetworkTest {
  private static final int HIDDEN = 6;
  private static final int CLASSES = 3;
  private static final int SAMPLES = 12;

  /** x ↦ W₂ relu(W₁x + b₁) + b₂. */
  private static final class Relu extends RowMap {
    private final double[][] first;
    private final double[] firstBias;
    private final double[][] second;
    private final double[] secondBias;

    Relu(int seed, int inputs) {
      super(inputs, CLASSES);
      SplittableRandom random = new SplittableRandom(seed);
      first = gaussian(random, HIDDEN, inputs);
      firstBias = gaussian(random, 1, HIDDEN)[0];
      second = gaussian(random, CLASSES, HIDDEN);
      secondBias = gaussian(random, 1, CLASSES)[0];
    }

    private double[] hidden(double[] x) {
      double[] hidden = new double[HIDDEN];
      for (int j = 0; j < HIDDEN; j++) {
        hidden[j] = Math.max(0, dot(first[j], x) + firstBias[j]);
      }
      return hidden;
    }

    @Override
    public double[] value(double[] x) {
      double[] hidden = hidden(x);
      double[] value = new double[CLASSES];
      for (int k = 0; k < CLASSES; k++) {
        value[k] = dot(second[k], hidden) + secondBias[k];
      }
      return value;
    }

    @Override
    public double[] gradient(double[] x, double[] v) {
      double[] hidden = hidden(x);
      double[] product = new double[x.length];
      for (int j = 0; j < HIDDEN; j++) {
        double back = 0;
        for (int k = 0; k < CLASSES; k++) {
          back += v[k] * second[k][j];
        }
        for (int i = 0; hidden[j] > 0 && i < x.length; i++) {
          product[i] += back * first[j][i];
        }
      }
      return product;
    }

    /** The exact distance from x to another label; infinite if every point has the same. */
    double distance(float[] point) {
      double[] x = wide(point);
      int label = argMax(value(x));
      double shortest = Double.POSITIVE_INFINITY;
      for (int pattern = 0; pattern < 1 << HIDDEN; pattern++) {
        for (int rival = 0; rival < CLASSES; rival++) {
          if (rival != label) {
            shortest = Math.min(shortest, distance(x, label, rival, pattern));
          }
        }
      }
      return shortest;
    }

    /** Within one pattern: the nearest r with the margin and every unit on its side. */
    private double distance(double[] x, int label, int rival, int pattern) {
      List<double[]> normals = new ArrayList<>();
      List<Double> offsets = new ArrayList<>();
      double[] normal = new double[x.length];
      double margin = secondBias[rival] - secondBias[label];
      for (int j = 0; j < HIDDEN; j++) {
        boolean active = (pattern >> j & 1) == 1;
        double at = dot(first[j], x) + firstBias[j];
        double[] side = new double[x.length];
        for (int i = 0; i < x.length; i++) {
          side[i] = active ? first[j][i] : -first[j][i];
          normal[i] += active ? (second[rival][j] - second[label][j]) * first[j][i] : 0;
        }
        margin += active ? (second[rival][j] - second[label][j]) * at : 0;
        normals.add(side);
        offsets.add(active ? -at : at);
      }
      normals.add(normal);
      offsets.add(-margin);
      return leastNorm(normals, offsets);
    }

    /** min ‖r‖ over n·r ≥ c for all planes, by trying which of them are met with equality. */
    private static double leastNorm(List<double[]> normals, List<Double> offsets) {
      int count = normals.size();
      int width = normals.get(0).length;
      double shortest = Double.POSITIVE_INFINITY;
      for (int active = 0; active < 1 << count; active++) {
        if (Integer.bitCount(active) <= width) {
          double[] r = onPlanes(normals, offsets, active);
          if (r != null && Math.sqrt(dot(r, r)) < shortest && beyond(normals, offsets, r)) {
            shortest = Math.sqrt(dot(r, r));
          }
        }
      }
      return shortest;
    }

    private static boolean beyond(List<double[]> normals, List<Double> offsets, double[] r) {
      for (int i = 0; i < normals.size(); i++) {
        if (dot(normals.get(i), r) < offsets.get(i) - 1e-9) {
          return false;
        }
      }
      return true;
    }

    /** The least r on the chosen planes: r = Nᵀ(NNᵀ)⁻¹c; null where they do not determine it. */
    private static double[] onPlanes(List<double[]> normals, List<Double> offsets, int active) {
      List<Integer> chosen = new ArrayList<>();
      for (int i = 0; i < normals.size(); i++) {
        if ((active >> i & 1) == 1) {
          chosen.add(i);
        }
      }
      int size = chosen.size();
      double[] r = new double[normals.get(0).length];
      if (size == 0) {
        return r;
      }
      double[][] system = new double[size][size + 1];
      for (int a = 0; a < size; a++) {
        for (int b = 0; b < size; b++) {
          system[a][b] = dot(normals.get(chosen.get(a)), normals.get(chosen.get(b)));
        }
        system[a][size] = offsets.get(chosen.get(a));
      }
      for (int column = 0; column < size; column++) {
        int pivot = column;
        for (int row = column + 1; row < size; row++) {
          pivot = Math.abs(system[row][column]) > Math.abs(system[pivot][column]) ? row : pivot;
        }
        double[] swapped = system[column];
        system[column] = system[pivot];
        system[pivot] = swapped;
        if (Math.abs(system[column][column]) < 1e-10) {
          return null;
        }
        for (int row = 0; row < size; row++) {
          double factor = row == column ? 0 : system[row][column] / system[column][column];
          for (int k = column; k <= size; k++) {
            system[row][k] -= factor * system[column][k];
          }
        }
      }
      for (int a = 0; a < size; a++) {
        double multiplier = system[a][size] / system[a][a];
        for (int i = 0; i < r.length; i++) {
          r[i] += multiplier * normals.get(chosen.get(a))[i];
        }
      }
      return r;
    }
  }

  /** Never below the exact distance, and above it by little in the mean. */
  @ParameterizedTest
  @CsvSource({
    "2, STANDARD, 0.1",
    "4, STANDARD, 0.1",
    "2, THOROUGH, 0.01",
    "4, THOROUGH, 0.01",
    "6, THOROUGH, 0.01"
  })
  void excessOverTheExactDistance(int inputs, Effort effort, double most) {
    double excess = 0;
    int samples = 0;
    for (int seed = 0; seed < 4; seed++) {
      Relu map = new Relu(10 * seed + inputs, inputs);
      Rows start =
          new Rows(
              RowMap.narrow(RowMap.gaussian(new SplittableRandom(seed), 1, SAMPLES * inputs)[0]),
              inputs);
      List<SearchResult> searches = Searches.of(map, start, Schedule.of(effort));
      for (int row = 0; row < SAMPLES; row++) {
        double exact = map.distance(start.row(row));
        if (searches.get(row) instanceof SearchResult.Found found) {
          assertThat(found.distance()).isGreaterThan(exact * (1 - 1e-4) - 1e-5);
          excess += found.distance() / exact - 1;
          samples++;
        }
      }
    }
    assertThat(samples).isGreaterThan(40);
    assertThat(excess / samples).isLessThan(most);
  }
}
