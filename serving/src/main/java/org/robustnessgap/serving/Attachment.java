package org.robustnessgap.serving;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.ModelIdentity;

/**
 * What was found out of a served model by its server's word and by asking.
 *
 * @param location its address
 * @param server name and version of the server; null if it does not say
 * @param platform what runs the model; empty if the server does not say
 * @param versions which are loaded; empty if the server does not say
 * @param identity of what answered; null where its answers cannot be read
 * @param access what answers tell; null where that is unknown, as {@code problems} say
 * @param input name of the tensor that takes images; null where names are of no matter
 * @param datatype of its numbers, by the Open Inference Protocol
 * @param imageShape shape of one image
 * @param outputs names of the tensors that answer; the first is used unless the endpoint says
 * @param classes how many; null where that is unknown
 * @param labels that were answered, where labels are; empty else
 * @param ways in which it was asked
 * @param transport the one that is used
 * @param batches that were answered, of growing size, and what an image took in each; at least one
 * @param deterministic whether the same images got the same answer twice
 * @param queries images that it was asked about for all this
 * @param problems sentences on what looks wrong, or is unknown
 */
public record Attachment(
    String location,
    @Nullable String server,
    String platform,
    List<String> versions,
    @Nullable ModelIdentity identity,
    @Nullable Access access,
    @Nullable String input,
    String datatype,
    List<Long> imageShape,
    List<String> outputs,
    @Nullable Integer classes,
    List<String> labels,
    List<Tried> ways,
    String transport,
    List<Batch> batches,
    boolean deterministic,
    long queries,
    List<String> problems) {
  public Attachment {
    versions = List.copyOf(versions);
    imageShape = List.copyOf(imageShape);
    outputs = List.copyOf(outputs);
    labels = List.copyOf(labels);
    ways = List.copyOf(ways);
    batches = List.copyOf(batches);
    problems = List.copyOf(problems);
  }

  /**
   * A way to ask.
   *
   * @param transport for people
   * @param millis for two images, or one where it takes no more; null if it does not work
   * @param why it does not work; null if it does
   */
  public record Tried(String transport, @Nullable Double millis, @Nullable String why) {}

  /**
   * A request.
   *
   * @param images how many
   * @param millis for each of them
   */
  public record Batch(int images, double millis) {}

  /** The most images that were answered at once. */
  public int largestBatch() {
    return batches.get(batches.size() - 1).images();
  }

  /** The batch in which an image takes the least time. */
  public Batch best() {
    return batches.stream()
        .min(Comparator.comparingDouble(Batch::millis))
        .orElseThrow(() -> new IllegalStateException("no batch was tried"));
  }
}
