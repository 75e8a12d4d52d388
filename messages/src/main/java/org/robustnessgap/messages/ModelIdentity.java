package org.robustnessgap.messages;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which classifier was measured, beyond its name: what is served under a name changes. Two that
 * differ in anything known are different classifiers.
 *
 * @param version what the server or the registry calls it; null where neither says
 * @param digest SHA-256 of the ONNX file with its external data, in hexadecimal; null where there
 *     is no file
 * @param fingerprint of the answers to a fixed batch, in hexadecimal; null where there is a digest
 */
@OmitEmpty
public record ModelIdentity(
    @Nullable String version, @Nullable String digest, @Nullable String fingerprint) {
  private static final int SHOWN = 12;

  public ModelIdentity {
    Checks.check(
        version != null || digest != null || fingerprint != null,
        "the identity of a model has neither version nor digest nor fingerprint");
  }

  /** Whether two may be the same, as far as both are known. */
  static boolean mayBeSame(@Nullable ModelIdentity one, @Nullable ModelIdentity other) {
    return one == null || other == null || one.equals(other);
  }

  /** For people and metrics, for instance {@code version 2, fingerprint 50311b2912aa}. */
  public String describe() {
    return Stream.of(
            part("version", version),
            part("sha256", digest == null ? null : shortened(digest)),
            part("fingerprint", fingerprint == null ? null : shortened(fingerprint)))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(", "));
  }

  private static @Nullable String part(String what, @Nullable String value) {
    return value == null ? null : what + " " + value;
  }

  private static String shortened(String hexadecimal) {
    return hexadecimal.substring(0, Math.min(SHOWN, hexadecimal.length()));
  }
}
