package org.robustnessgap.attack.query;

import java.util.List;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;

/**
 * A classifier that can only be asked, for instance one behind a server. Used by one thread at a
 * time.
 */
public interface QueriedClassifier extends AutoCloseable {
  /** What messages call it. */
  String name();

  /** What its answers tell, at most what its user allows. */
  Access access();

  /** K, the number of classes, at least 2. */
  int classes();

  /** The shape of one image as it is sent, for instance [1, 28, 28]. */
  List<Long> imageShape();

  /**
   * What is sent in place of images, for instance pixels rounded to whole numbers.
   *
   * @param images [n, values of one image]
   * @return of the same shape; the same where every float is taken
   */
  default Rows sent(Rows images) {
    return images;
  }

  /**
   * Asks about images, in as few requests as its limits allow.
   *
   * @param images [n, values of one image]
   * @return [n, K]: scores; of top-k, those left out are −∞; of labels, 1 at the label and 0 else;
   *     a number that is not finite, or unknown, is NaN
   * @throws ServerUnavailableException if it does not answer now, but may later
   * @throws ModelChangedException if another version answers than {@link #identity} found
   * @throws InvalidInputException if it refuses, with the reason and the remedy
   */
  Rows ask(Rows images);

  /** Images that it was asked about so far, for whatever reason: probes and repetitions count. */
  long queries();

  /**
   * Which classifier answers now, as far as the server says and as a fixed batch of images tells;
   * asks about them.
   *
   * @throws ServerUnavailableException likewise
   * @throws InvalidInputException likewise
   */
  ModelIdentity identity();

  @Override
  void close();
}
