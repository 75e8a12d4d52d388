package org.robustnessgap.messages;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The preconditions of this package's compact constructors. */
final class Checks {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** Of one image. */
  private static final double MOST_VALUES = 1 << 28;

  private Checks() {}

  static void check(boolean condition, String format, @Nullable Object... arguments) {
    if (!condition) {
      throw new InvalidInputException(String.format(format, arguments));
    }
  }

  static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new InvalidInputException(what + " is missing");
    }
    return value;
  }

  /**
   * Names become parts of Kafka keys, job ids and Prometheus labels, so their alphabet is small.
   */
  static void name(String value, String what) {
    present(value, what);
    check(
        NAME.matcher(value).matches(),
        "%s '%s' must start with a letter or digit and hold only letters, digits, '.', '_' and '-' (at most 128)",
        what,
        value);
  }

  /** What the answers to all kinds of jobs say. */
  static void answer(JobId jobId, JobKind kind, String worker, String engine, double seconds) {
    present(jobId, "job id");
    check(jobId.kind() == kind, "job %s is no %s job", jobId, kind.label());
    present(worker, "worker of job " + jobId);
    present(engine, "engine of job " + jobId);
    notNegative(seconds, "seconds");
  }

  /** Something that can be seen, if it is not left out. */
  static void text(@Nullable String value, String what) {
    check(
        value == null || !value.isBlank() && value.chars().noneMatch(Character::isISOControl),
        "%s is blank, or holds what cannot be seen; write it, or leave it out",
        what);
  }

  /** An unmodifiable copy without nulls. */
  static <T> List<T> list(List<T> values, String what) {
    present(values, what);
    for (T value : values) {
      check(value != null, "an element of the %s is null", what);
    }
    return List.copyOf(values);
  }

  static <T> List<T> notEmpty(List<T> values, String what) {
    List<T> copy = list(values, what);
    check(!copy.isEmpty(), "%s is empty", what);
    return copy;
  }

  /** The shape of one image: at least one axis, no more values than an array holds. */
  static List<Integer> shape(List<Integer> axes, String what) {
    List<Integer> copy = notEmpty(axes, what);
    copy.forEach(axis -> atLeast(axis, 1, "an axis of the " + what));
    double values = copy.stream().mapToDouble(axis -> axis).reduce(1, (a, b) -> a * b);
    check(values <= MOST_VALUES, "the %s %s has too many values", what, copy);
    return copy;
  }

  /** How many values an image of a shape has. */
  static int values(List<Integer> shape) {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** One or two positive whole numbers: both sides of an image, or its height and width. */
  static List<Integer> size(List<Integer> values, String what) {
    List<Integer> copy = notEmpty(values, what);
    check(copy.size() <= 2, "the %s has %d numbers but must have 1 or 2", what, copy.size());
    copy.forEach(side -> atLeast(side, 1, "a number of the " + what));
    return copy;
  }

  /** The constant of an enumeration that is written so, whatever the case. */
  static <E extends Enum<E>> E choice(E[] values, String label, String what) {
    for (E value : values) {
      if (value.toString().equalsIgnoreCase(label)) {
        return value;
      }
    }
    throw new InvalidInputException(
        String.format(
            "There is no %s '%s'; choose among %s.",
            what, label, Arrays.stream(values).map(E::toString).collect(Collectors.joining(", "))));
  }

  /** An unmodifiable copy of reasons why there is something not, by its name; none for null. */
  static Map<String, String> reasons(@Nullable Map<String, String> reasons) {
    Map<String, String> copy = new TreeMap<>();
    if (reasons != null) {
      reasons.forEach(
          (name, reason) -> {
            name(name, "name of a diagnostic");
            copy.put(name, present(reason, "reason why there is no " + name));
          });
    }
    return Collections.unmodifiableMap(copy);
  }

  /** Unmodifiable names of diagnostics, each once; none for null. */
  static List<String> diagnostics(@Nullable List<String> names) {
    if (names == null) {
      return List.of();
    }
    names.forEach(name -> name(name, "name of a diagnostic"));
    check(Set.copyOf(names).size() == names.size(), "a diagnostic is listed twice in %s", names);
    return List.copyOf(names);
  }

  /** An unmodifiable copy without nulls, in the order of the spaces. */
  static <T> Map<Space, T> bySpace(Map<Space, T> values, String what) {
    present(values, what);
    EnumMap<Space, T> copy = new EnumMap<>(Space.class);
    values.forEach((space, value) -> copy.put(space, present(value, space + " among the " + what)));
    return Collections.unmodifiableMap(copy);
  }

  static void atLeast(long value, long least, String what) {
    check(value >= least, "%s is %d but must be at least %d", what, value, least);
  }

  static void atLeastOneOrNull(@Nullable Long value, String what) {
    if (value != null) {
      atLeast(value, 1, what);
    }
  }

  /** Whether a number, unknown if null, is at least another. */
  static boolean reaches(@Nullable Long known, long wanted) {
    return (known == null ? 0 : known) >= wanted;
  }

  static void finite(double value, String what) {
    check(Double.isFinite(value), "%s is %s but must be finite", what, value);
  }

  static void notNegative(double value, String what) {
    finite(value, what);
    check(value >= 0, "%s is %s but must not be negative", what, value);
  }

  static void notNegativeOrNull(@Nullable Double value, String what) {
    if (value != null) {
      notNegative(value, what);
    }
  }

  static void positive(double value, String what) {
    finite(value, what);
    check(value > 0, "%s is %s but must be positive", what, value);
  }

  static void probability(double value, String what) {
    check(value > 0 && value < 1, "%s is %s but must lie strictly between 0 and 1", what, value);
  }
}
