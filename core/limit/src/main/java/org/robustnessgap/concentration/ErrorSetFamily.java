package org.robustnessgap.concentration;

/**
 * Error sets of one kind, made from training images, and a search among them by others, the
 * validation images.
 */
public interface ErrorSetFamily {
  /** What its sets are called. */
  String label();

  /**
   * A set that holds enough of the validation images and has few of them within ε; which of all of
   * the family has the fewest is not known.
   *
   * @param least how many of them it holds at least, from 1 to all
   * @param epsilon ε, at least 0
   */
  ErrorSet find(int least, double epsilon);
}
