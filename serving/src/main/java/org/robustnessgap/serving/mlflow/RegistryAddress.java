package org.robustnessgap.serving.mlflow;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * {@code models:/name@alias} or {@code models:/name/version}.
 *
 * @param name of the registered model
 * @param alias null if a version is named
 * @param version null if an alias is named
 */
record RegistryAddress(String name, @Nullable String alias, @Nullable String version) {
  private static final Pattern FORM =
      Pattern.compile("models:/+(?<name>[^/@]+)(@(?<alias>[^/@]+)|/(?<version>\\d+))");

  /**
   * @throws InvalidInputException if it is no such address
   */
  static RegistryAddress parse(String location) {
    Matcher matcher = FORM.matcher(location);
    if (!matcher.matches()) {
      throw new InvalidInputException(
          "The address "
              + location
              + " of a registered model is not of the form models:/NAME@ALIAS or models:/NAME/VERSION.");
    }
    return new RegistryAddress(
        matcher.group("name"), matcher.group("alias"), matcher.group("version"));
  }
}
