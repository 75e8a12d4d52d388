package org.robustnessgap.deploy.images;

import java.util.List;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.data.Images;
import org.robustnessgap.messages.InvalidInputException;
import picocli.CommandLine.Option;

/** The options of a command that looks at some images. */
public class FirstImages extends ImageOptions {
  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1000",
      description = "At most so many images, from the first (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Override
  public void require() {
    super.require();
    if (samples < 1) {
      throw new InvalidInputException("--samples is " + samples + " but must be at least 1.");
    }
  }

  /**
   * The first images; those that are skipped are named on the standard error.
   *
   * @return at least one
   * @throws InvalidInputException if there is none, or more than 1 % cannot be used
   */
  public List<float[]> read(ImageForm form) {
    try (Images images = open(form)) {
      List<FittedImage> first = images.first(samples);
      ImageNotices.skipped(images.skipped());
      if (first.size() == samples && images.hasMore()) {
        ImageNotices.first(path(), samples);
      }
      first.forEach(image -> requireWithin(form.pixels().range(), image));
      return first.stream().map(FittedImage::values).toList();
    }
  }
}
