package org.robustnessgap.deploy.limit;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.limit.Disagreement;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A fraction on which two classifiers differ, known or counted.
 *
 * @param counted null if the fraction is known
 */
record GivenDisagreement(double fraction, @Nullable Disagreement counted) {

  /** Reads {@code 0.1}, or {@code 12/512} for 12 of 512 samples. */
  static final class Converter implements ITypeConverter<GivenDisagreement> {
    @Override
    public GivenDisagreement convert(String text) {
      try {
        int slash = text.indexOf('/');
        if (slash < 0) {
          return new GivenDisagreement(Double.parseDouble(text), null);
        }
        Disagreement counted =
            new Disagreement(
                Long.parseLong(text.substring(0, slash)),
                Long.parseLong(text.substring(slash + 1)));
        return new GivenDisagreement(counted.observed(), counted);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + text + "' is neither a fraction like 0.1 nor a count like 12/512");
      }
    }
  }
}
