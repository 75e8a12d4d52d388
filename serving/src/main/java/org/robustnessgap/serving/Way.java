package org.robustnessgap.serving;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.InferenceTransport;

/**
 * A way to ask, and what came of trying it with the first and then with the first two of the {@link
 * Probes}.
 *
 * @param one the answer about one image; null if there was none
 * @param two the answer about two; null if there was none, or if it is not asked about two
 * @param millis what the last of them took, at best
 * @param failure why there was no answer; null if all came
 */
record Way(
    InferenceTransport transport,
    @Nullable Answer one,
    @Nullable Answer two,
    double millis,
    @Nullable CallFailure failure) {
  boolean works() {
    return one != null;
  }

  /** The answer about the most images. */
  Answer answer() {
    if (two != null) {
      return two;
    }
    if (one == null) {
      throw new IllegalStateException(transport.name() + " did not work");
    }
    return one;
  }

  /** How many images {@link #answer} is about. */
  int images() {
    return two == null ? 1 : 2;
  }

  /** The same, if not slower. */
  Way within(double other) {
    return new Way(transport, one, two, Math.min(millis, other), failure);
  }

  /** Ways that answered, out of many. */
  static List<Way> working(List<Way> ways) {
    return ways.stream().filter(Way::works).toList();
  }
}
