package org.robustnessgap.campaign.sampling;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.data.SkippedImage;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.ImageData;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.LatentBatch;

/**
 * Images of one's own as the samples of a campaign, numbered in the order in which they are read.
 * All are read once to be counted, and again as they are asked for; the last ones are kept, for
 * those who ask for the same. Not thread-safe.
 */
public final class ImageSamples implements LatentSource, AutoCloseable {
  /** Values; 64 MiB. */
  private static final long KEPT = 1L << 24;

  /** Characters of a name, so that messages hold it; of a longer one its end. */
  private static final int NAME = 512;

  private final Path path;
  private final ImageForm form;
  private final int dimension;
  private final long count;
  private final List<SkippedImage> skipped;

  private final Deque<FittedImage> kept = new ArrayDeque<>();

  /** Ordinal of the first that is kept. */
  private long keptFrom;

  /** Null until something is asked for. */
  private @Nullable Images open;

  private ImageSamples(Path path, ImageForm form, long most) {
    this.path = path;
    this.form = form;
    this.dimension = Math.toIntExact(form.values());
    try (Images images = Images.open(path, form)) {
      count = images.count(most);
      skipped = List.copyOf(images.skipped());
    }
  }

  /**
   * The data of a campaign, as its classifiers take them.
   *
   * @param folder where a relative location begins
   * @param most at most so many images, from the first
   * @throws InvalidInputException if the campaign is of a generator, there is no image, or more
   *     than 1 % of them cannot be used
   */
  public static ImageSamples of(Campaign campaign, Path folder, long most) {
    ImageData data = campaign.data();
    if (data == null) {
      throw new InvalidInputException(
          "Campaign " + campaign.id() + " is of a generator and has no images.");
    }
    ImageForm form =
        ImageForm.of(
            data.shape().stream().map(Integer::longValue).toList(),
            campaign.classifiers().get(0).pixels());
    try {
      return new ImageSamples(folder.resolve(data.images()), form, most);
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "'" + data.images() + "' is no path; correct the location of the images.", e);
    }
  }

  /** How many images there are, at most as many as were wanted; at least 1. */
  public long count() {
    return count;
  }

  /** What was skipped up to the last of them. */
  public List<SkippedImage> skipped() {
    return skipped;
  }

  @Override
  public LatentBatch draw(long firstOrdinal, int count) {
    if (firstOrdinal + count > this.count) {
      throw new InvalidInputException(
          String.format(
              "The campaign asks for image %d (counted from 0), but %s holds only %d; lower its number of samples.",
              firstOrdinal + count - 1, path, this.count));
    }
    read(firstOrdinal, count);
    float[] values = new float[Math.multiplyExact(count, dimension)];
    List<String> names = new ArrayList<>(count);
    Iterator<FittedImage> images = kept.iterator();
    for (long skip = keptFrom; skip < firstOrdinal; skip++) {
      images.next();
    }
    for (int row = 0; row < count; row++) {
      FittedImage image = images.next();
      requireFinite(image);
      System.arraycopy(image.values(), 0, values, row * dimension, dimension);
      names.add(name(image));
    }
    return new LatentBatch(firstOrdinal, dimension, values, names);
  }

  /** Makes these the newest of those kept. */
  private void read(long firstOrdinal, int count) {
    if (open == null || firstOrdinal < keptFrom) {
      close();
      open = Images.open(path, form);
    }
    while (keptFrom + kept.size() < firstOrdinal + count) {
      FittedImage image = open.next();
      if (image == null) {
        throw new InvalidInputException(
            path + " has fewer images than before; leave it as it is while a campaign runs.");
      }
      kept.add(image);
      while (keptFrom < firstOrdinal && kept.size() * (long) dimension > KEPT) {
        kept.remove();
        keptFrom++;
      }
    }
  }

  private static void requireFinite(FittedImage image) {
    for (float value : image.values()) {
      if (!Float.isFinite(value)) {
        throw new InvalidInputException(
            image.name() + " holds a pixel that is " + value + "; pixels must be finite numbers.");
      }
    }
  }

  private static String name(FittedImage image) {
    String name = image.name();
    return name.length() <= NAME ? name : "…" + name.substring(name.length() - NAME + 1);
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
    kept.clear();
    keptFrom = 0;
  }
}
