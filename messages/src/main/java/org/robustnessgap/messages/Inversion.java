package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * How images of one's own are brought back to latent vectors of a generator, so that perturbations
 * of those can be searched too: argmin ‖g(z) − x‖₂ over all z that are no longer than vectors drawn
 * from N(0, I).
 *
 * @param generator g, whose images have the shape of the data's
 * @param encoder path of an ONNX file, as the workers see it, from images to latent vectors, where
 *     the search begins; absent to begin at drawn ones
 * @param limit the largest ‖g(z) − x‖₂, divided by the distance of x from the mean of the
 *     generator's images, at which z still stands for x; positive; absent means {@link #LIMIT}
 */
public record Inversion(
    GeneratorReference generator, @OmitEmpty @Nullable String encoder, Double limit) {
  /** Three quarters of what sets an image apart from the mean, as squared distances go. */
  public static final double LIMIT = 0.5;

  public Inversion {
    Checks.present(generator, "generator of an inversion");
    Checks.check(
        generator.image() == null,
        "the generator %s of an inversion has a shape of images, which only data have; leave it out",
        generator.name());
    Checks.check(
        encoder == null || !encoder.isBlank(),
        "location of the encoder of generator %s is empty",
        generator.name());
    limit = limit == null ? Double.valueOf(LIMIT) : limit;
    Checks.positive(limit, "limit of reconstruction errors");
  }
}
