package org.robustnessgap.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Pictures that ImageIO reads: PNG, JPEG, WebP, TIFF, BMP, and of GIF the first frame. */
final class PictureFormat implements ImageFormat {
  /** Of one picture, before it is decoded: 8192 × 8192. */
  private static final long MOST_PIXELS = 1L << 26;

  private static final int GIF_WIDTH = 6;

  @Override
  public boolean isOf(DataFile file) {
    return kind(file) != null;
  }

  /** What ImageIO calls it. */
  private static @Nullable String kind(DataFile file) {
    if (file.has(0, "\u0089PNG\r\n\u001a\n")) {
      return "png";
    }
    if (file.has(0, "\u00ff\u00d8\u00ff")) {
      return "jpeg";
    }
    if (file.has(0, "RIFF") && file.has(8, "WEBP")) {
      return "webp";
    }
    if (file.has(0, "II*\0") || file.has(0, "MM\0*")) {
      return "tiff";
    }
    if (file.has(0, "GIF87a") || file.has(0, "GIF89a")) {
      return "gif";
    }
    return file.has(0, "BM") && file.head(6) == 0 && file.head(7) == 0 ? "bmp" : null;
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    return new ImageSource() {
      private boolean read;

      @Override
      public @Nullable ReadImage next() throws IOException {
        if (read) {
          return null;
        }
        read = true;
        return decode(file, opening.form());
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  private static ReadImage decode(DataFile file, ImageForm form) throws IOException {
    String kind = Objects.requireNonNull(kind(file));
    byte[] bytes = file.bytes();
    if (kind.equals("jpeg")) {
      bytes = JpegSegments.plain(bytes);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(kind);
    if (!readers.hasNext()) {
      throw new UnreadableException("is a %s file, for which no reader is on the class path", kind);
    }
    ImageReader reader = readers.next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MOST_PIXELS) {
        throw new UnreadableException(
            "is %d×%d pixels, more than the %d that are decoded", height, width, MOST_PIXELS);
      }
      if (!form.allows(height, width)) {
        throw new UnreadableException(
            "is %d×%d, but %s are wanted", height, width, form.describe());
      }
      if (kind.equals("tiff") && reader.getNumImages(true) > 1) {
        throw new UnreadableException("holds several pages; save each as a file of its own");
      }
      if (kind.equals("gif")
          && (width != little(file, GIF_WIDTH) || height != little(file, GIF_WIDTH + 2))) {
        throw new UnreadableException("has a first frame that does not fill it");
      }
      BufferedImage image = reader.read(0);
      PixelValues values = values(image);
      return new ReadImage.Decoded(
          file.name(), height, width, values.count() / (height * width), values, null);
    } finally {
      reader.dispose();
    }
  }

  private static int little(DataFile file, int at) {
    return file.head(at + 1) << 8 | file.head(at);
  }

  private static PixelValues values(BufferedImage image) throws UnreadableException {
    ColorModel colours = image.getColorModel();
    if (colours instanceof IndexColorModel palette) {
      return ofPalette(image.getRaster(), palette);
    }
    int space = colours.getColorSpace().getType();
    if (space != ColorSpace.TYPE_RGB && space != ColorSpace.TYPE_GRAY) {
      throw new UnreadableException("is neither grey nor red, green and blue; convert it to RGB");
    }
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    int type = raster.getTransferType();
    if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
      return new PixelValues.Numbers(raster.getPixels(0, 0, width, height, (float[]) null));
    }
    int bits = colours.getComponentSize(0);
    for (int i = 1; i < raster.getNumBands(); i++) {
      if (colours.getComponentSize(i) != bits) {
        throw new UnreadableException("has colours of different depths; save it with 8 bits each");
      }
    }
    if (bits > 16) {
      throw new UnreadableException("has %d bits a colour; save it with 8 or 16", bits);
    }
    return new PixelValues.Levels(
        raster.getPixels(0, 0, width, height, (int[]) null), (1 << bits) - 1);
  }

  /** Grey if the whole palette is. */
  private static PixelValues ofPalette(Raster raster, IndexColorModel palette) {
    boolean grey = true;
    for (int i = 0; i < palette.getMapSize(); i++) {
      grey &= palette.getRed(i) == palette.getGreen(i) && palette.getRed(i) == palette.getBlue(i);
    }
    boolean alpha = palette.hasAlpha();
    int channels = (grey ? 1 : 3) + (alpha ? 1 : 0);
    int[] indices = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
    int[] values = new int[indices.length * channels];
    for (int i = 0; i < indices.length; i++) {
      int at = i * channels;
      values[at] = palette.getRed(indices[i]);
      if (!grey) {
        values[at + 1] = palette.getGreen(indices[i]);
        values[at + 2] = palette.getBlue(indices[i]);
      }
      if (alpha) {
        values[at + channels - 1] = palette.getAlpha(indices[i]);
      }
    }
    return new PixelValues.Levels(values, 255);
  }
}
