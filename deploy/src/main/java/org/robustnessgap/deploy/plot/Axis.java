package org.robustnessgap.deploy.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one axis of a chart shows.
 *
 * @param min left or lower end; positive on a logarithmic axis
 * @param max the other end, above it
 */
public record Axis(String label, double min, double max, boolean logarithmic) {
  private static final int TICKS = 6;

  public Axis {
    if (!(min < max && Double.isFinite(min) && Double.isFinite(max) && (!logarithmic || min > 0))) {
      throw new IllegalArgumentException("no axis from " + min + " to " + max);
    }
  }

  public static Axis linear(String label, double min, double max) {
    return new Axis(label, min, max, false);
  }

  /** From a power of ten to a power of ten. */
  public static Axis logarithmic(String label, double min, double max) {
    return new Axis(label, min, max, true);
  }

  /** Where a value lies: 0 at one end, 1 at the other, outside beyond them. */
  double position(double value) {
    return logarithmic
        ? StrictMath.log10(value / min) / StrictMath.log10(max / min)
        : (value - min) / (max - min);
  }

  /** Round values from end to end. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      int decades = (int) Math.round(StrictMath.log10(max / min));
      int every = Math.max(1, (decades + TICKS - 1) / TICKS);
      int first = (int) Math.ceil(StrictMath.log10(min) - 1e-9);
      for (int power = first; power <= StrictMath.log10(max) + 1e-9; power += every) {
        ticks.add(StrictMath.pow(10, power));
      }
      return ticks;
    }
    double step = StrictMath.pow(10, Math.floor(StrictMath.log10((max - min) / 2)));
    while ((max - min) / step > TICKS) {
      step *= (max - min) / (2 * step) > TICKS ? 5 : 2;
    }
    for (long i = (long) Math.ceil(min / step - 1e-9); i * step <= max + 1e-9 * step; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A tick as people read it. */
  String name(double tick) {
    if (logarithmic) {
      long power = Math.round(StrictMath.log10(tick));
      return power >= -3 && power <= 4
          ? new BigDecimal(tick).round(new MathContext(1)).toPlainString()
          : "1e" + power;
    }
    return String.format(Locale.ROOT, "%.4g", tick)
        .replaceFirst("(\\.\\d*?)0+$", "$1")
        .replaceFirst("\\.$", "");
  }
}
