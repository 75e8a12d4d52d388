package org.robustnessgap.data;

import java.io.ByteArrayOutputStream;

/** The parts of a JPEG file (ITU-T T.81, annex B). */
final class JpegSegments {
  private static final int MARKER = 0xff;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int FIRST_FRAME = 0xc0;
  private static final int LAST_FRAME = 0xcf;
  private static final int APP1 = 0xe1;
  private static final int APP2 = 0xe2;

  private JpegSegments() {}

  /**
   * The same image without EXIF and colour profile, so that no decoder applies them.
   *
   * @throws UnreadableException if it is of four inks, not whole, or no JPEG
   */
  static byte[] plain(byte[] file) throws UnreadableException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(file.length);
    plain.write(file, 0, 2);
    int at = 2;
    while (at + 4 <= file.length && unsigned(file, at) == MARKER) {
      int marker = unsigned(file, at + 1);
      if (marker == MARKER) {
        at++;
        continue;
      }
      if (marker == START_OF_SCAN) {
        break;
      }
      int length = unsigned(file, at + 2) << 8 | unsigned(file, at + 3);
      int end = at + 2 + length;
      if (end > file.length || length < 2) {
        throw new UnreadableException("ends within its header");
      }
      if (isFrame(marker) && length >= 8 && unsigned(file, at + 9) == 4) {
        throw new UnreadableException("is of four inks (CMYK); convert it to RGB");
      }
      if (marker != APP1 && marker != APP2) {
        plain.write(file, at, end - at);
      }
      at = end;
    }
    requireEnd(file, at);
    plain.write(file, at, file.length - at);
    return plain.toByteArray();
  }

  /** Decoders fill up with grey what is missing of an image. */
  private static void requireEnd(byte[] file, int from) throws UnreadableException {
    for (int i = file.length - 2; i >= from; i--) {
      if (unsigned(file, i) == MARKER && unsigned(file, i + 1) == END_OF_IMAGE) {
        return;
      }
    }
    throw new UnreadableException("ends before its image does");
  }

  /** Those between that are none: tables, and one that is reserved. */
  private static boolean isFrame(int marker) {
    return marker >= FIRST_FRAME
        && marker <= LAST_FRAME
        && marker != 0xc4
        && marker != 0xc8
        && marker != 0xcc;
  }

  private static int unsigned(byte[] bytes, int at) {
    return Byte.toUnsignedInt(bytes[at]);
  }
}
