package org.robustnessgap.messages;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A classifier by name and place.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it
 * @param options what the file leaves open; null for nothing
 */
public record ModelReference(
    String name, String location, @JsonInclude(JsonInclude.Include.NON_NULL) ModelOptions options) {
  /** A file that leaves nothing open. */
  public ModelReference(String name, String location) {
    this(name, location, null);
  }

  public ModelReference {
    Checks.name(name, "model name");
    Checks.present(location, "location of model " + name);
    Checks.check(!location.isBlank(), "location of model %s is empty", name);
  }

  /** What the file leaves open. */
  public ModelOptions optionsOrNone() {
    return options == null ? ModelOptions.NONE : options;
  }
}
