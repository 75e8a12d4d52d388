package org.robustnessgap.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * The images of a file, an archive or a folder, one after the other, each as a model takes it. One
 * that cannot be read or has another form is skipped; if more than 1 % are, all are refused. Used
 * by one thread.
 */
public final class Images implements AutoCloseable {
  private static final int SHOWN = 3;

  /** After so many of which none fits, no more are read. */
  private static final int ENOUGH = 100;

  private static final int PERCENT = 100;

  private final Path path;
  private final ImageSource source;
  private final Fitting fitting;
  private final List<SkippedImage> skipped = new ArrayList<>();
  private long fitted;

  private Images(Path path, ImageForm form) {
    this.path = path;
    this.source = open(path, new Opening(form, 0));
    this.fitting = new Fitting(form);
  }

  /**
   * Opens a file, an archive or a folder.
   *
   * @param form of the images that are wanted; what is open in it is settled by the first image
   *     that can be read
   * @throws InvalidInputException if there is none, or no image in it settles the form
   */
  public static Images open(Path path, ImageForm form) {
    return new Images(path, form.isSettled() ? form : settle(path, form));
  }

  private static ImageForm settle(Path path, ImageForm form) {
    SkippedImage last = null;
    boolean isEmpty = true;
    try (ImageSource source = open(path, new Opening(form, 0))) {
      for (ReadImage image = next(path, source); image != null; image = next(path, source)) {
        isEmpty = false;
        if (image instanceof ReadImage.Decoded decoded) {
          ImageForm settled = form.settledBy(decoded);
          if (settled.isSettled()) {
            return settled;
          }
        } else if (image instanceof SkippedImage skipped) {
          last = skipped;
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    if (isEmpty) {
      throw none(path);
    }
    throw new InvalidInputException(
        last == null
            ? "No image of " + path + " tells the size of images; give --image-size HxW."
            : "No image of " + path + " can be read, for instance " + last + ".");
  }

  private static ImageSource open(Path path, Opening opening) {
    if (!Files.exists(path)) {
      throw new InvalidInputException("There is no file or folder " + path + " of images.");
    }
    try {
      return FolderSource.open(path, opening);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static InvalidInputException none(Path path) {
    return new InvalidInputException(
        path + " holds no images; put some there, or name another file or folder.");
  }

  private static InvalidInputException unreadable(Path path, Exception e) {
    return new InvalidInputException(
        "Cannot read the images of " + path + ": " + FilesSource.reason(e), e);
  }

  /** The form of the images, in which nothing is open. */
  public ImageForm form() {
    return fitting.form();
  }

  /** What was skipped up to now. */
  public List<SkippedImage> skipped() {
    return Collections.unmodifiableList(skipped);
  }

  /**
   * The next image that fits.
   *
   * @return null after the last
   * @throws InvalidInputException if none fits, or at the end more than 1 % do not
   */
  public @Nullable FittedImage next() {
    while (true) {
      ReadImage image = next(path, source);
      if (image == null) {
        requireFewSkipped();
        return null;
      }
      if (image instanceof ReadImage.Decoded decoded) {
        try {
          FittedImage fit = new FittedImage(decoded.name(), fitting.fit(decoded), decoded.label());
          fitted++;
          return fit;
        } catch (UnreadableException e) {
          skipped.add(new SkippedImage(decoded.name(), FilesSource.reason(e)));
        }
      } else if (image instanceof SkippedImage skip) {
        skipped.add(skip);
      }
      if (fitted == 0 && skipped.size() == ENOUGH) {
        requireFewSkipped();
      }
    }
  }

  private static @Nullable ReadImage next(Path path, ImageSource source) {
    try {
      return source.next();
    } catch (IOException | RuntimeException e) {
      // Readers of archives throw whatever broken bytes lead them to.
      throw unreadable(path, e);
    }
  }

  /**
   * The first images.
   *
   * @param most at most so many
   * @return at least one
   * @throws InvalidInputException if there is none, or more than 1 % of those up to the last of
   *     them do not fit
   */
  public List<FittedImage> first(int most) {
    List<FittedImage> images = new ArrayList<>();
    while (images.size() < most) {
      FittedImage image = next();
      if (image == null) {
        break;
      }
      images.add(image);
    }
    requireFewSkipped();
    return images;
  }

  /** Whether another image fits; nothing can be read after this. */
  public boolean hasMore() {
    try {
      return next() != null;
    } catch (InvalidInputException e) {
      // Nobody wanted those behind the last.
      return false;
    }
  }

  /**
   * Whoever stops before the last image asks this, which {@link #next} asks only there.
   *
   * @throws InvalidInputException if there was none up to now, or more than 1 % did not fit
   */
  public void requireFewSkipped() {
    if (fitted == 0 && skipped.isEmpty()) {
      throw none(path);
    }
    if (skipped.size() * (long) PERCENT <= fitted + skipped.size()) {
      return;
    }
    if (fitted == 0 && skipped.size() == 1) {
      throw new InvalidInputException(skipped.get(0).name() + " " + skipped.get(0).reason() + ".");
    }
    String named =
        skipped.stream().limit(SHOWN).map(SkippedImage::toString).collect(Collectors.joining(", "));
    String more = skipped.size() > SHOWN ? " and others" : "";
    throw new InvalidInputException(
        fitted == 0
            ? String.format(
                "None of the first %d images of %s can be used: %s%s; if all have one other size, scale them to %s, or make that part of the classifier (--resize, or --image-size where it takes any).",
                skipped.size(), path, named, more, form().describe())
            : String.format(
                "%d of the first %d images of %s cannot be used, which is more than 1 %%: %s%s; mend or remove them, or bring all to one size.",
                skipped.size(), fitted + skipped.size(), path, named, more));
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
