package org.robustnessgap.messages;

/**
 * What was measured of one subject, beside its limits where it has some: the value of its kind's
 * topic of figures. Later messages of a key replace earlier ones.
 */
public interface Gap {
  /** Whose figures they are. */
  Subject subject();

  String key();

  /** Samples sent to the workers; = measured + failed + in flight. */
  long generated();

  /** Samples answered. */
  long measured();

  /** Samples given up. */
  long failed();

  /** Samples sent and not yet answered. */
  default long inFlight() {
    return generated() - measured() - failed();
  }

  /**
   * Whether its limits rest on all of its own samples, and on at least so many samples of the
   * generator's smoothness.
   */
  boolean restsOn(long smoothnessSamples);

  /** Whether anything was found out about any sample. */
  boolean measuredAnything();
}
