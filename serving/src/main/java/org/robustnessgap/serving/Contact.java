package org.robustnessgap.serving;

import java.util.List;
import org.robustnessgap.serving.call.ModelMetadata;

/**
 * What is known of a model once it has answered.
 *
 * @param metadata what its server states
 * @param input how it takes images
 * @param ways that were tried
 * @param way the fastest of those that work
 * @param largestBatch how many images it takes at most, as far as trying told
 */
record Contact(
    ModelMetadata metadata, ServedInput input, List<Way> ways, Way way, int largestBatch) {
  Contact {
    ways = List.copyOf(ways);
  }
}
