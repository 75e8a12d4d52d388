package org.robustnessgap.deploy.fit;

import java.util.Locale;

/** A figure with its name before it and what it means behind it, one line. */
record FigureLine(String name, double value, String remark) {
  @Override
  public String toString() {
    return String.format("%-20s%-10s%s%n", name, number(value), remark);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
