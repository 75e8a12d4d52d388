package org.robustnessgap.concentration;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Norm;

/**
 * Concentration of a distribution of images, seen through families of error sets: {@link
 * HalfSpaces} for both norms, {@link BallUnions} for ℓ2, {@link RectangleComplements} for ℓ∞.
 * Immutable; its families hold what they need to search again for another ε.
 */
public final class Concentration {
  /** ε is taken longer by this part of it, so that float32 rounding leaves no image out. */
  private static final double ROUNDING = 1e-5;

  private final Split split;
  private final List<ErrorSetFamily> families;

  private Concentration(Split split, List<ErrorSetFamily> families) {
    this.split = split;
    this.families = families;
  }

  /**
   * @param seed determines the choices of the searches
   */
  public static Concentration of(Split split, Norm norm, long seed) {
    return new Concentration(
        split,
        switch (norm) {
          case L2 -> List.of(new HalfSpaces(split, norm, seed), new BallUnions(split, seed));
          case LINF ->
              List.of(new HalfSpaces(split, norm, seed), new RectangleComplements(split, seed));
        });
  }

  /**
   * The best set that each family found, measured.
   *
   * @param risk α, in (0, 1): what part of the validation images a set holds at least
   * @param epsilon ε, at least 0
   * @throws InvalidInputException if they are no such numbers, or if a part α of the validation
   *     images is less than one
   */
  public List<ConcentrationEstimate> estimates(double risk, double epsilon) {
    if (!(risk > 0 && risk < 1)) {
      throw new InvalidInputException(
          "The risk " + risk + " must lie strictly between 0 and 1, for instance 0.01.");
    }
    if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
      throw new InvalidInputException(
          "The distance " + epsilon + " must be a number of at least 0.");
    }
    int images = split.validation().length;
    if (risk * images < 1) {
      throw new InvalidInputException(
          String.format(
              "A risk of %s is less than one of %d images to choose by; give at least %d images.",
              risk, images, (long) Math.ceil(4 / risk)));
    }
    int least = (int) Math.ceil(risk * images);
    double reach = epsilon * (1 + ROUNDING);
    return families.stream().map(family -> measured(family.find(least, reach), epsilon)).toList();
  }

  /**
   * The one that the validation images prefer: chosen without the test images, it has their limits.
   *
   * @param estimates at least one, for the same risk and ε
   */
  public static ConcentrationEstimate chosen(List<ConcentrationEstimate> estimates) {
    return estimates.stream()
        .min(Comparator.comparingInt(estimate -> estimate.validationExpanded().count()))
        .orElseThrow();
  }

  private ConcentrationEstimate measured(ErrorSet set, double epsilon) {
    double reach = epsilon * (1 + ROUNDING);
    return new ConcentrationEstimate(
        set,
        epsilon,
        share(split.validation(), set, 0),
        share(split.validation(), set, reach),
        share(split.test(), set, 0),
        share(split.test(), set, reach));
  }

  private static Share share(float[][] images, ErrorSet set, double distance) {
    return new Share(count(images, set, distance), images.length);
  }

  /** How many images are within the distance of the set. */
  static int count(float[][] images, ErrorSet set, double distance) {
    return (int) Arrays.stream(images).parallel().filter(x -> set.reaches(x, distance)).count();
  }
}
