package org.robustnessgap.campaign.run;

import java.util.OptionalDouble;
import org.robustnessgap.attack.generator.GeneratorModel;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.onnx.graph.AffineGraph;
import org.robustnessgap.spectrum.SubspaceIteration;
import org.robustnessgap.spectrum.SymmetricMatrix;

/**
 * The modulus of continuity of a generator that is affine, g(z) = b + A z: ‖g(z + r) − g(z)‖ = ‖A
 * r‖, so it is ω(t) = σ₁ t with the largest singular value σ₁ of A, and D_t(z) = σ₁ t at every z.
 */
public final class AffineModulus {
  /** Up to so many latent dimensions all of the spectrum is found at once. */
  private static final int VECTORS = 256;

  /** Of σ₁², so σ₁ is at most half of it away, relatively; float32 products allow no less. */
  private static final double TOLERANCE = 1e-5;

  /** So many images at a time. */
  private static final int BATCH = 32;

  private AffineModulus() {}

  /**
   * σ₁, to a relative 1e-5. Takes as many products with A and Aᵀ as there are latent dimensions, up
   * to 256; more of them take a few times as many.
   *
   * @return empty if the generator is not known to be affine, or σ₁ was not found so precisely
   */
  public static OptionalDouble slope(GeneratorModel generator) {
    if (!AffineGraph.isAffine(generator.model())) {
      return OptionalDouble.empty();
    }
    SubspaceIteration found =
        SubspaceIteration.of(new Normal(generator.map()), 1, VECTORS, 1, TOLERANCE);
    double slope = Math.sqrt(found.values()[0]);
    return found.residual() <= TOLERANCE && Double.isFinite(slope)
        ? OptionalDouble.of(slope)
        : OptionalDouble.empty();
  }

  /** AᵀA, by images and vector–Jacobian products. */
  private record Normal(DifferentiableMap affine) implements SymmetricMatrix {
    @Override
    public int size() {
      return affine.inputSize();
    }

    @Override
    public double[] times(double[] vector) {
      return times(new double[][] {vector})[0];
    }

    @Override
    public double[][] times(double[][] vectors) {
      Rows origin = affine.apply(Rows.zeros(1, size()));
      double[][] products = new double[vectors.length][size()];
      for (int first = 0; first < vectors.length; first += BATCH) {
        int count = Math.min(BATCH, vectors.length - first);
        float[] values = new float[count * size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) vectors[first + i / size()][i % size()];
        }
        Rows points = new Rows(values, size());
        float[] moved = affine.apply(points).values().clone();
        for (int i = 0; i < moved.length; i++) {
          moved[i] -= origin.values()[i % origin.width()];
        }
        float[] gradients =
            affine.vjp(points, new Rows(moved, origin.width())).gradients().values();
        for (int i = 0; i < gradients.length; i++) {
          products[first + i / size()][i % size()] = gradients[i];
        }
      }
      return products;
    }
  }
}
