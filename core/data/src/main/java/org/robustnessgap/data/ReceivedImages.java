package org.robustnessgap.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;

/**
 * Images that messages carry, each as a model takes it. What cannot be used is refused with the
 * reason, and nothing of it is kept.
 *
 * @param form of the images that are wanted, with nothing open
 */
public record ReceivedImages(ImageForm form) {
  /** How far rounding may carry a real number beyond the range of pixels, as a part of it. */
  private static final double ROUNDING = 1e-3;

  public ReceivedImages {
    if (!form.isSettled()) {
      throw new InvalidInputException(
          "The size of images that are received must be known; state their shape.");
    }
  }

  /** Whether bytes begin as those of a picture. */
  public static boolean isPicture(byte[] bytes) {
    try (DataFile file = DataFile.entry("", bytes.length, new ByteArrayInputStream(bytes))) {
      return new PictureFormat().isOf(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A picture: PNG, JPEG, WebP, TIFF, BMP or GIF.
   *
   * @param name what the image is to be called
   * @throws InvalidInputException if it is none, or has another form
   */
  public FittedImage picture(String name, byte[] bytes) {
    PictureFormat format = new PictureFormat();
    try (DataFile file = DataFile.entry(name, bytes.length, new ByteArrayInputStream(bytes))) {
      if (!format.isOf(file)) {
        throw new UnreadableException("is no PNG, JPEG, WebP, TIFF, BMP or GIF");
      }
      try (ImageSource source = format.open(file, new Opening(form, 0))) {
        if (source.next() instanceof ReadImage.Decoded image) {
          return within(new FittedImage(name, new Fitting(form).fit(image), null));
        }
        throw new UnreadableException("cannot be read");
      }
    } catch (IOException | RuntimeException e) {
      throw refusal(name, e);
    }
  }

  /**
   * The images of an array as a model takes it: its colours are in the order that the form states.
   * Whole numbers are levels from 0 to 255, real ones pixels.
   *
   * @param name of the image; of several, {@code name[0]} and so on
   * @param shape of the form, with an axis of images before it or without; channels may also be
   *     where the form has them not
   * @param values row-major, the lowest byte of a number first
   * @throws InvalidInputException if it holds images of another form, or what is no pixel
   */
  public List<FittedImage> array(String name, long[] shape, NumberType type, byte[] values) {
    try {
      BatchAxes axes = BatchAxes.of(shape, form);
      int bytes = Math.multiplyExact(axes.places().length, type.bytes());
      if ((long) bytes * axes.count() != values.length) {
        throw new UnreadableException(
            "has shape %s of %s but %d bytes", Arrays.toString(shape), type, values.length);
      }
      List<FittedImage> images = new ArrayList<>(axes.count());
      for (int i = 0; i < axes.count(); i++) {
        byte[] image = Arrays.copyOfRange(values, i * bytes, (i + 1) * bytes);
        String called = axes.count() == 1 ? name : name + "[" + i + "]";
        PixelValues pixels = type.element().values(image, axes.places());
        images.add(within(new FittedImage(called, pixels(pixels), null)));
      }
      return images;
    } catch (IOException | ArithmeticException e) {
      throw refusal(name, e);
    }
  }

  private float[] pixels(PixelValues values) {
    float[] pixels = new float[values.count()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = values.in(form.pixels().range(), i);
    }
    return pixels;
  }

  private FittedImage within(FittedImage image) throws UnreadableException {
    PixelRange range = form.pixels().range();
    double margin = ROUNDING * (range.upper() - range.lower());
    for (float value : image.values()) {
      if (!(value >= range.lower() - margin && value <= range.upper() + margin)) {
        throw new UnreadableException(
            "holds %s, but pixels are in %s; say in the classifiers' input contracts what they are",
            value, range.describe());
      }
    }
    return image;
  }

  /** Whatever a decoder throws at broken bytes is a matter of these. */
  private static InvalidInputException refusal(String name, Exception e) {
    return new InvalidInputException(name + " " + FilesSource.reason(e) + ".", e);
  }
}
