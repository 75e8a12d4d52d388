package org.robustnessgap.limit;

/**
 * Class measures m_i condensed for sums Σ_i F(m_i) of functions that are smooth in log m: where
 * many measures lie close together, polynomial interpolation puts their weight on few nodes
 * (Chebyshev points of the first kind in log m). With {@value #NODES} nodes to a factor of e^{1/4}
 * the sums of {@link LatentLimit} keep a relative accuracy of about 1e-13, and 10⁵ different
 * measures cost what some hundred do. Large measures, and few, stay as they are. Immutable.
 */
final class CondensedMeasures {
  private static final int NODES = 14;

  /** Of an interval of log m. */
  private static final double WIDTH = 0.25;

  /**
   * Above, the inverse of the tail is less smooth in log m; there are at most ten such measures.
   */
  private static final double LARGEST = 0.1;

  /** Ascending. */
  private final double[] measures;

  /** 1 − measure, without cancellation. */
  private final double[] complements;

  /** How many classes each stands for; for nodes no whole number, and perhaps negative. */
  private final double[] weights;

  private int size;

  CondensedMeasures(ClassMeasures all) {
    int most = all.groups();
    measures = new double[most];
    complements = new double[most];
    weights = new double[most];
    int from = 0;
    while (from < all.groups()) {
      int to = from + 1;
      if (all.measure(from) <= LARGEST) {
        double end = Math.min(all.measure(from) * Math.exp(WIDTH), LARGEST);
        while (to < all.groups() && all.measure(to) <= end) {
          to++;
        }
      }
      if (to - from > NODES) {
        condense(all, from, to);
      } else {
        keep(all, from, to);
      }
      from = to;
    }
  }

  private void keep(ClassMeasures all, int from, int to) {
    for (int i = from; i < to; i++) {
      measures[size] = all.measure(i);
      complements[size] = all.complement(i);
      weights[size] = all.multiplicity(i);
      size++;
    }
  }

  private void condense(ClassMeasures all, int from, int to) {
    double low = Math.log(all.measure(from));
    double high = Math.log(all.measure(to - 1));
    double[] nodes = new double[NODES];
    double[] barycentric = new double[NODES];
    for (int k = 0; k < NODES; k++) {
      double angle = (2 * k + 1) * Math.PI / (2 * NODES);
      nodes[k] = (low + high) / 2 - (high - low) / 2 * Math.cos(angle);
      barycentric[k] = (k % 2 == 0 ? 1 : -1) * Math.sin(angle);
      measures[size + k] = Math.exp(nodes[k]);
      complements[size + k] = 1 - measures[size + k];
    }
    double[] shares = new double[NODES];
    for (int i = from; i < to; i++) {
      double x = Math.log(all.measure(i));
      double sum = 0;
      for (int k = 0; k < NODES; k++) {
        // At a node, its share is one.
        shares[k] = barycentric[k] / (x == nodes[k] ? Double.MIN_NORMAL : x - nodes[k]);
        sum += shares[k];
      }
      double scale = all.multiplicity(i) / sum;
      for (int k = 0; k < NODES; k++) {
        weights[size + k] += shares[k] * scale;
      }
    }
    size += NODES;
  }

  int size() {
    return size;
  }

  double measure(int i) {
    return measures[i];
  }

  double complement(int i) {
    return complements[i];
  }

  double weight(int i) {
    return weights[i];
  }
}
