package org.robustnessgap.deploy.images;

import java.util.function.Consumer;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.fit.ImageSet;

/**
 * All images of a place, gone over as often as one likes; those that are skipped are named once, on
 * the standard error.
 */
public final class ImagePasses implements ImageSet {
  private final ImageOptions options;
  private final ImageForm form;
  private boolean skippedAreNamed;

  ImagePasses(ImageOptions options, ImageForm form) {
    this.options = options;
    this.form = form;
  }

  /**
   * @throws org.robustnessgap.messages.InvalidInputException if there is no image, more than 1 %
   *     cannot be used, or a value is outside the range of pixels
   */
  @Override
  public void forEach(Consumer<float[]> use) {
    try (Images images = options.open(form)) {
      for (FittedImage image = images.next(); image != null; image = images.next()) {
        ImageOptions.requireWithin(form.pixels().range(), image);
        use.accept(image.values());
      }
      if (!skippedAreNamed) {
        ImageNotices.skipped(images.skipped());
        skippedAreNamed = true;
      }
    }
  }
}
