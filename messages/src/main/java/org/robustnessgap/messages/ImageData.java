package org.robustnessgap.messages;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images that classifiers are judged on where there is no generator: files, or what production
 * sees.
 *
 * @param name how metrics, tables and keys call it
 * @param images path of a folder, an archive or a file of images, as the generator service sees it;
 *     docs/reference/images.md says which are read; absent if there is a topic
 * @param shape of one image as the classifiers take it, without the batch, for instance [3, 32, 32]
 * @param topic of live traffic; absent if there are files
 * @param inversion how the images are brought back to latent vectors of a generator; absent if they
 *     are not
 */
public record ImageData(
    String name,
    @OmitEmpty @Nullable String images,
    List<Integer> shape,
    @OmitEmpty @Nullable TrafficTopic topic,
    @OmitEmpty @Nullable Inversion inversion) {
  /** Files. */
  public ImageData(String name, String images, List<Integer> shape) {
    this(name, images, shape, null, null);
  }

  /** Files or a topic, of which no latent vectors are wanted. */
  public ImageData(
      String name, @Nullable String images, List<Integer> shape, @Nullable TrafficTopic topic) {
    this(name, images, shape, topic, null);
  }

  public ImageData {
    Checks.name(name, "name of data");
    Checks.check(
        (images == null) != (topic == null),
        "data %s have %s images %s a topic; give them one of the two",
        name,
        images == null ? "neither" : "both",
        images == null ? "nor" : "and");
    Checks.check(images == null || !images.isBlank(), "location of images %s is empty", name);
    shape = Checks.shape(shape, "shape of images " + name);
    Checks.check(
        topic == null || inversion == null,
        "data %s are live traffic, which is not brought back to latent vectors yet; leave the inversion out, or name files of images",
        name);
  }

  /**
   * Where the files are.
   *
   * @throws InvalidInputException if there are none, but a topic
   */
  public String files() {
    if (images == null) {
      throw new InvalidInputException(
          "Data "
              + name
              + " are live traffic, which only the services read; apply the campaign (robustness-gap apply), or name files of images.");
    }
    return images;
  }

  /** The images as if made by a generator that changes nothing. */
  public GeneratorReference identity() {
    String location = images == null ? "topic " + Objects.requireNonNull(topic).name() : images;
    return new GeneratorReference(name, location, Checks.values(shape), null, shape);
  }
}
