package org.robustnessgap.messages;

/**
 * A classifier by name and place.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it
 */
public record ModelReference(String name, String location) {
  public ModelReference {
    Checks.name(name, "model name");
    Checks.present(location, "location of model " + name);
    Checks.check(!location.isBlank(), "location of model %s is empty", name);
  }
}
