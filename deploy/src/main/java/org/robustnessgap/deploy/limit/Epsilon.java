package org.robustnessgap.deploy.limit;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A distance as it was typed.
 *
 * @param text for instance {@code 8/255}
 */
record Epsilon(String text, double value) {

  /** Reads {@code 0.3} or {@code 8/255}. */
  static final class Converter implements ITypeConverter<Epsilon> {
    @Override
    public Epsilon convert(String text) {
      try {
        int slash = text.indexOf('/');
        double value =
            slash < 0
                ? Double.parseDouble(text)
                : Double.parseDouble(text.substring(0, slash))
                    / Double.parseDouble(text.substring(slash + 1));
        return new Epsilon(text, value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' is no distance; write one like 0.3 or 8/255");
      }
    }
  }
}
