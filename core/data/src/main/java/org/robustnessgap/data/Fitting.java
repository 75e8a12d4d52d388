package org.robustnessgap.data;

import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.Layout;

/**
 * Brings images to a form. Nothing is guessed: grey becomes colour by standing in each channel,
 * colour becomes grey only where it is, alpha is dropped only where all is opaque.
 *
 * @param form settled
 */
record Fitting(ImageForm form) {
  private static final int COLOURS = 3;

  /**
   * The values of an image, in the layout of the form.
   *
   * @throws UnreadableException if it is of another form, with the reason
   */
  float[] fit(ReadImage.Decoded image) throws UnreadableException {
    if (image.isVector()) {
      requireSize(image, image.channels() == form.values());
      return pixels(image.values());
    }
    if (form.layout() == Layout.FLAT) {
      return vector(image);
    }
    requireSize(
        image, image.height() == form.size().height() && image.width() == form.size().width());
    int wanted = (int) form.size().channels();
    int own = opaque(image, wanted);
    if (own != wanted && !(own == 1 && wanted == COLOURS) && !(own == COLOURS && wanted == 1)) {
      throw new UnreadableException("has %d channels, but %d are wanted", image.channels(), wanted);
    }
    if (own == COLOURS && wanted == 1) {
      requireGrey(image);
    }
    return ordered(image, own, wanted);
  }

  private void requireSize(ReadImage.Decoded image, boolean fits) throws UnreadableException {
    if (!fits) {
      throw new UnreadableException("is %s, but %s are wanted", image.size(), form.describe());
    }
  }

  private float[] pixels(PixelValues values) {
    float[] pixels = new float[values.count()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = values.in(form.pixels().range(), i);
    }
    return pixels;
  }

  /** The order of rows is the same everywhere; that of colours is not. */
  private float[] vector(ReadImage.Decoded image) throws UnreadableException {
    int channels = opaque(image, 1);
    requireSize(image, (long) image.height() * image.width() * channels == form.values());
    if (channels != 1) {
      throw new UnreadableException(
          "has colours, but the classifier takes vectors; say in which order with --layout NCHW or NHWC and --model-layout flat");
    }
    return ordered(image, 1, 1);
  }

  /** How many channels there are without alpha. */
  private static int opaque(ReadImage.Decoded image, int wanted) throws UnreadableException {
    int channels = image.channels();
    if (channels == wanted || channels != 2 && channels != 4) {
      return channels;
    }
    for (int i = channels - 1; i < image.values().count(); i += channels) {
      if (!image.values().isLargest(i)) {
        throw new UnreadableException(
            "is transparent; put it before the background that it is to have");
      }
    }
    return channels - 1;
  }

  private void requireGrey(ReadImage.Decoded image) throws UnreadableException {
    PixelValues values = image.values();
    for (int i = 0; i < values.count(); i += image.channels()) {
      float red = values.in(form.pixels().range(), i);
      if (values.in(form.pixels().range(), i + 1) != red
          || values.in(form.pixels().range(), i + 2) != red) {
        throw new UnreadableException(
            "has colours, but the pixels are grey; say that they are RGB (--colour RGB, and --model-colour grey to weigh them), or store grey images");
      }
    }
  }

  private float[] ordered(ReadImage.Decoded image, int own, int wanted) {
    boolean planes = form.layout() == Layout.NCHW;
    boolean backwards = form.pixels().colour() == Colour.BGR && wanted == COLOURS;
    int pixels = image.height() * image.width();
    float[] ordered = new float[pixels * wanted];
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int channel = 0; channel < wanted; channel++) {
        int from = own == 1 || wanted == 1 ? 0 : channel;
        int to = backwards ? wanted - 1 - channel : channel;
        ordered[planes ? to * pixels + pixel : pixel * wanted + to] =
            image.values().in(form.pixels().range(), pixel * image.channels() + from);
      }
    }
    return ordered;
  }
}
