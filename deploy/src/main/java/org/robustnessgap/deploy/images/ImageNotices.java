package org.robustnessgap.deploy.images;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.robustnessgap.data.SkippedImage;

/** What people are told of images, on the standard error. */
public final class ImageNotices {
  private ImageNotices() {}

  /** Names those that are left out. */
  public static void skipped(List<SkippedImage> skipped) {
    skipped.forEach(image -> System.err.println("Skipped " + image + "."));
  }

  /**
   * Says that a file has more images than are taken: its order may mean something, unlike that of a
   * folder.
   *
   * @param path of the images
   * @param count how many are taken
   */
  public static void first(Path path, long count) {
    if (Files.isRegularFile(path)) {
      System.err.printf(
          "Takes the first %d images of %s, which has more; if their order means anything, shuffle them or take all (--samples).%n",
          count, path.getFileName());
    }
  }
}
