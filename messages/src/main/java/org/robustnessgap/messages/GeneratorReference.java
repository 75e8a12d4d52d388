package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * The generator g: R^d → R^m whose images the classifiers are judged on.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it
 * @param latentDimension d, at least 1
 * @param options what the file leaves open; null for nothing
 */
public record GeneratorReference(
    String name, String location, int latentDimension, @OmitEmpty @Nullable ModelOptions options) {
  /** A file that leaves nothing open. */
  public GeneratorReference(String name, String location, int latentDimension) {
    this(name, location, latentDimension, null);
  }

  public GeneratorReference {
    Checks.name(name, "generator name");
    Checks.present(location, "location of generator " + name);
    Checks.check(!location.isBlank(), "location of generator %s is empty", name);
    Checks.atLeast(latentDimension, 1, "latent dimension");
  }

  /** What the file leaves open. */
  public ModelOptions optionsOrNone() {
    return options == null ? ModelOptions.NONE : options;
  }
}
