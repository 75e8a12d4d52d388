package org.robustnessgap.messages;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The generator g: R^d → R^m whose images the classifiers are judged on; or, of {@link ImageData},
 * the identity, whose latent vectors are the images themselves.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it; of images, where they came from
 * @param latentDimension d, at least 1
 * @param options what the file leaves open; null for nothing
 * @param image shape of one image, if this is no file but the identity; null for a file
 */
public record GeneratorReference(
    String name,
    String location,
    int latentDimension,
    @OmitEmpty @Nullable ModelOptions options,
    @OmitEmpty @Nullable List<Integer> image) {
  /** A file that leaves nothing open. */
  public GeneratorReference(String name, String location, int latentDimension) {
    this(name, location, latentDimension, null);
  }

  /** A file. */
  public GeneratorReference(
      String name, String location, int latentDimension, @Nullable ModelOptions options) {
    this(name, location, latentDimension, options, null);
  }

  public GeneratorReference {
    Checks.name(name, "generator name");
    Checks.present(location, "location of generator " + name);
    Checks.check(!location.isBlank(), "location of generator %s is empty", name);
    Checks.atLeast(latentDimension, 1, "latent dimension");
    if (image != null) {
      image = Checks.shape(image, "shape of images " + name);
      Checks.check(
          Checks.values(image) == latentDimension,
          "images %s have shape %s, but the latent dimension is %d",
          name,
          image,
          latentDimension);
    }
  }

  /** What the file leaves open. */
  public ModelOptions optionsOrNone() {
    return options == null ? ModelOptions.NONE : options;
  }

  /** d as results state it: 0 for images, which no latent vectors stand behind. */
  public int statedDimension() {
    return image == null ? latentDimension : 0;
  }
}
