package org.robustnessgap.serving;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;

/**
 * Recognises a model by its answers to {@link Probes}.
 *
 * <p>The same model answers with the noise of the last bits, as batches and machines differ, and no
 * rounding of numbers is the same on both sides of each of its boundaries. So few numbers are
 * rounded, and coarsely: of each image's scores one sum with fixed weights, to 1/2048 of the power
 * of two that is not below the largest score; of probabilities the same of their logarithms. Noise
 * of 10⁻⁶ then changes the fingerprint of one model in a thousand, and a change of a hundredth all
 * but surely. And within a process answers that differ by no more than a ten-thousandth keep the
 * fingerprint they had.
 */
final class Fingerprint {
  private static final long SEED = 131_071;
  private static final double STEP = 1.0 / 2048;

  /** Differences, relative to the largest score, that are no other model. */
  private static final double SAME = 1e-4;

  /** Smaller probabilities come and go with the noise. */
  private static final double SMALLEST_PROBABILITY = 1e-30;

  private @Nullable Rows answers;
  private String print = "";

  /**
   * The fingerprint by answers.
   *
   * @param rows [n, K], as {@code QueriedClassifier} answers them
   * @param access what they tell
   */
  String of(Rows rows, Access access) {
    Rows scale = access == Access.PROBABILITIES ? logarithms(rows) : rows;
    if (answers == null || !same(answers, scale, SAME)) {
      answers = scale;
      print = digest(scale, access);
    }
    return print;
  }

  /** Whether no number differs by more than so much of the largest of its row, and no label. */
  static boolean same(Rows one, Rows other, double tolerance) {
    if (one.width() != other.width() || one.count() != other.count()) {
      return false;
    }
    for (int i = 0; i < one.count(); i++) {
      double limit = tolerance * Math.max(largest(one, i), largest(other, i));
      for (int j = i * one.width(); j < (i + 1) * one.width(); j++) {
        float a = one.values()[j];
        float b = other.values()[j];
        boolean equal = Float.compare(a, b) == 0 || Math.abs(a - b) <= limit;
        if (!equal) {
          return false;
        }
      }
    }
    return true;
  }

  private static double largest(Rows rows, int row) {
    double largest = 0;
    for (int j = row * rows.width(); j < (row + 1) * rows.width(); j++) {
      float value = Math.abs(rows.values()[j]);
      largest = Float.isFinite(value) ? Math.max(largest, value) : largest;
    }
    return largest;
  }

  private static Rows logarithms(Rows probabilities) {
    float[] values = probabilities.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.log(Math.max(SMALLEST_PROBABILITY, values[i]));
    }
    return new Rows(values, probabilities.width());
  }

  private static String digest(Rows rows, Access access) {
    MessageDigest digest = sha256();
    digest.update((access.label() + " " + rows.width()).getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < rows.count(); i++) {
      // The label of a row without scores is all that there is.
      long number = access.tellsScores() ? rounded(rows, i) : rows.argMax(i);
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static long rounded(Rows rows, int row) {
    double largest = largest(rows, row);
    int exponent = largest == 0 ? 0 : Math.getExponent(largest) + 1;
    SplittableRandom weights = new SplittableRandom(SEED);
    double sum = 0;
    int unknown = 0;
    for (float value : rows.row(row)) {
      double weight = 2 * weights.nextDouble() - 1;
      if (Float.isFinite(value)) {
        sum += weight * value;
      } else {
        unknown++;
      }
    }
    double scaled = Math.scalb(sum, -exponent) / Math.sqrt(rows.width()) / STEP;
    return Math.round(scaled) + ((long) exponent << Integer.SIZE) + ((long) unknown << 48);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
