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
 * those who ask for the same. Images that are others when they are read again are refused. Not
 * thread-safe.
 */
public final class ImageSamples implements LatentSource, AutoCloseable {
  /** Characters of a name, so that messages hold it; of a longer one its end. */
  public static final int LONGEST_NAME = 512;

  /** Values; 64 MiB. */
  private static final long KEPT = 1L << 24;

  private final Path path;
  private final ImageForm form;
  private final int dimension;
  private final long most;
  private final Fingerprints fingerprints;
  private long count;
  private boolean counted;
  private boolean isWhole;
  private List<SkippedImage> skipped = List.of();

  private final Deque<FittedImage> kept = new ArrayDeque<>();

  /** Ordinal of the first that is kept. */
  private long keptFrom;

  /** Null while nothing is read. */
  private @Nullable Images open;

  private ImageSamples(Path path, ImageForm form, long most, Fingerprints earlier) {
    this.path = path;
    this.form = form;
    this.dimension = Math.toIntExact(form.values());
    this.most = most;
    this.fingerprints = new Fingerprints(earlier);
  }

  /**
   * The data of a campaign, as its classifiers take them, all counted.
   *
   * @param folder where a relative location begins
   * @param most at most so many images, from the first
   * @throws InvalidInputException if the campaign is of a generator, there is no image, or more
   *     than 1 % of them cannot be used
   */
  public static ImageSamples of(Campaign campaign, Path folder, long most) {
    ImageSamples samples = uncounted(campaign, folder, most, new Fingerprints());
    try {
      while (!samples.count(Long.MAX_VALUE)) {
        // One call reads them all.
      }
    } catch (InvalidInputException e) {
      samples.close();
      throw e;
    }
    return samples;
  }

  /**
   * The same, of which none is read yet: they must be counted first.
   *
   * @param earlier what some of them were; stays as it is
   * @throws InvalidInputException if the campaign is of a generator, or its location is no path
   */
  public static ImageSamples uncounted(
      Campaign campaign, Path folder, long most, Fingerprints earlier) {
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
      return new ImageSamples(folder.resolve(data.files()), form, most, earlier);
    } catch (InvalidPathException e) {
      throw new InvalidInputException(
          "'" + data.files() + "' is no path; correct the location of the images.", e);
    }
  }

  /**
   * Counts on.
   *
   * @param values reads no more images than hold so many values, but at least one
   * @return whether all are counted
   * @throws InvalidInputException if there is no image, more than 1 % cannot be used, or one is
   *     another than before
   */
  public boolean count(long values) {
    if (counted) {
      return true;
    }
    Images images = opened();
    for (long read = 0; read < values; read += dimension) {
      FittedImage image = count < most ? images.next() : null;
      if (image == null) {
        images.requireFewSkipped();
        skipped = List.copyOf(images.skipped());
        isWhole = count < most || !images.hasMore();
        close();
        counted = true;
        return true;
      }
      requireFinite(image);
      requireSame(count, image);
      count++;
    }
    return false;
  }

  private Images opened() {
    if (open == null) {
      open = Images.open(path, form);
    }
    return open;
  }

  /** How many images there are, at most as many as were wanted; at least 1 once counted. */
  public long count() {
    return count;
  }

  /** Where they are. */
  public Path path() {
    return path;
  }

  /** Whether these are all images of the place, once counted. */
  public boolean isWhole() {
    return isWhole;
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
      System.arraycopy(image.values(), 0, values, row * dimension, dimension);
      names.add(name(image));
    }
    return new LatentBatch(firstOrdinal, dimension, values, names);
  }

  /** Makes these the newest of those kept. */
  private void read(long firstOrdinal, int count) {
    if (firstOrdinal < keptFrom) {
      close();
    }
    Images images = opened();
    while (keptFrom + kept.size() < firstOrdinal + count) {
      FittedImage image = images.next();
      if (image == null) {
        throw new InvalidInputException(
            path + " has fewer images than before; leave it as it is while a campaign runs.");
      }
      requireSame(keptFrom + kept.size(), image);
      kept.add(image);
      while (keptFrom < firstOrdinal && kept.size() * (long) dimension > KEPT) {
        kept.remove();
        keptFrom++;
      }
    }
  }

  private void requireSame(long ordinal, FittedImage image) {
    if (!fingerprints.agree(ordinal, image.values())) {
      throw new InvalidInputException(
          String.format(
              "Image %d (counted from 0) of %s, %s, is another than before; bring back what was there, or give the campaign a new id.",
              ordinal, path, image.name()));
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
    return name.length() <= LONGEST_NAME
        ? name
        : "…" + name.substring(name.length() - LONGEST_NAME + 1);
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
