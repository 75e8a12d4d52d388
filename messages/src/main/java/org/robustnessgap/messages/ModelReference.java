package org.robustnessgap.messages;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A classifier by name and place.
 *
 * @param name how metrics, tables and keys call it
 * @param location path of an ONNX file, as the workers see it, or the address of a served model
 * @param options what the file leaves open; null for nothing
 * @param input what is to be done to images before the model gets them; null for nothing
 * @param endpoint how a served model is asked; null for a file, or to ask as its server says
 */
@OmitEmpty
public record ModelReference(
    String name,
    String location,
    @Nullable ModelOptions options,
    @Nullable InputContract input,
    @Nullable Endpoint endpoint) {
  /** Forms of addresses by which models are asked rather than read. */
  private static final Pattern SERVED = Pattern.compile("(oip\\+)?(https?|grpcs?)://.+");

  /** Addresses with a user, a query or a fragment. */
  private static final Pattern SECRET =
      Pattern.compile("[^/?#]*://([^/?#]*@.*|[^?#]*[?#].*)", Pattern.DOTALL);

  /** A file, and what is done to its images. */
  public ModelReference(
      String name, String location, @Nullable ModelOptions options, @Nullable InputContract input) {
    this(name, location, options, input, null);
  }

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
    // Locations go into topics, results and messages.
    Checks.check(
        !SECRET.matcher(location).matches(),
        "the location of a model is an address that holds a user or a query, which may be secret and is not repeated; leave it out, and name the headers that the server wants in a file, as the endpoint's credentials");
    Checks.check(
        endpoint == null || location.contains(":/"),
        "model %s has an endpoint, but its location %s is a file; leave the endpoint out, or give the address of a served model",
        name,
        location);
  }

  /** What its input contract says pixels are; null without one. */
  public @Nullable PixelSpace pixels() {
    return input == null ? null : input.pixels();
  }

  /** Whether it can only be asked, as its location tells; a registry's model may be a file. */
  public boolean served() {
    return SERVED.matcher(location).matches();
  }

  /** How it is asked, if it is served. */
  public Endpoint endpointOrStandard() {
    return endpoint == null ? Endpoint.STANDARD : endpoint;
  }

  /** The same but for what may change without any figure becoming another. */
  public ModelReference withoutLimits() {
    return endpoint == null
        ? this
        : new ModelReference(name, location, options, input, endpoint.withoutLimits());
  }

  /** What the file leaves open. */
  public ModelOptions optionsOrNone() {
    return options == null ? ModelOptions.NONE : options;
  }
}
