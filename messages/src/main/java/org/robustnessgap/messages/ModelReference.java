package org.robustnessgap.messages;

import org.jspecify.annotations.Nullable;

/**
 * A classifier by name and place.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it
 * @param options what the file leaves open; null for nothing
 * @param input what is to be done to images before the file gets them; null for nothing
 */
@OmitEmpty
public record ModelReference(
    String name, String location, @Nullable ModelOptions options, @Nullable InputContract input) {
  /** A file that leaves nothing open, and takes images as they are. */
  public ModelReference(String name, String location) {
    this(name, location, null, null);
  }

  /** A file that takes images as they are. */
  public ModelReference(String name, String location, @Nullable ModelOptions options) {
    this(name, location, options, null);
  }

  public ModelReference {
    Checks.name(name, "model name");
    Checks.present(location, "location of model " + name);
    Checks.check(!location.isBlank(), "location of model %s is empty", name);
  }

  /** What its input contract says pixels are; null without one. */
  public @Nullable PixelSpace pixels() {
    return input == null ? null : input.pixels();
  }

  /** What the file leaves open. */
  public ModelOptions optionsOrNone() {
    return options == null ? ModelOptions.NONE : options;
  }
}
