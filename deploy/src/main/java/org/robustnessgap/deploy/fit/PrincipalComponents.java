package org.robustnessgap.deploy.fit;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.fit.ImageSet;
import org.robustnessgap.fit.LinearGenerator;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Principal components of as many fitted images as take seconds.
 *
 * @param linear null where images vary in fewer directions than the latent space has
 */
record PrincipalComponents(@Nullable LinearGenerator linear) {
  /** A covariance of more products takes minutes. */
  private static final double CHEAP = 4e10;

  /** With fewer images a direction their covariance is not known well. */
  private static final int IMAGES_A_DIRECTION = 20;

  private static final int MOST_DIRECTIONS = 100;

  static PrincipalComponents of(StoredImages fitted, FitInput input) {
    double each = (double) fitted.size() * fitted.size();
    StoredImages some = fitted.some((int) Math.min(fitted.count(), CHEAP / each), input.seed());
    ImageSet set =
        use -> {
          float[] image = new float[some.size()];
          for (int n = 0; n < some.count(); n++) {
            some.copy(n, image, 0);
            use.accept(image);
          }
        };
    try {
      return new PrincipalComponents(LinearGenerator.of(set, input.dimension(), input.seed()));
    } catch (InvalidInputException e) {
      return new PrincipalComponents(null);
    }
  }

  /** Along which images of a decoder can be brought to the covariance of the fitted ones. */
  double[][] directions() {
    if (linear == null) {
      return new double[0][];
    }
    long known = Math.min(MOST_DIRECTIONS, linear.images() / IMAGES_A_DIRECTION);
    return Arrays.copyOf(linear.directions(), (int) Math.min(known, linear.latentDimension()));
  }
}
