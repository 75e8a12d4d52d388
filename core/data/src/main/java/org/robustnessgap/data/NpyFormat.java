package org.robustnessgap.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's arrays, version 1 to 3 of {@code numpy.lib.format}. */
final class NpyFormat implements ImageFormat {
  private static final int LONGEST_HEADER = 1 << 16;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-zA-Z])(\\d+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\sL]*)\\)");

  @Override
  public boolean isOf(DataFile file) {
    return file.has(0, "\u0093NUMPY");
  }

  @Override
  public ImageSource open(DataFile file, Opening opening) throws IOException {
    String header = header(file.in());
    Element element = element(find(TYPE, header, "type"));
    boolean fortran = find(ORDER, header, "order").group(1).equals("True");
    long[] shape = shape(find(SHAPE, header, "shape").group(1));
    if (shape.length == 1) {
      return new NoImages(file);
    }
    return new ArraySource(file, element, ArrayAxes.of(shape, fortran, opening.form()));
  }

  private static String header(InputStream in) throws IOException {
    byte[] start = in.readNBytes(8);
    // Since version 2 its length has four bytes.
    byte[] size = in.readNBytes(start[6] == 1 ? 2 : 4);
    long length = 0;
    for (int i = size.length - 1; i >= 0; i--) {
      length = length << 8 | Byte.toUnsignedInt(size[i]);
    }
    if (length > LONGEST_HEADER) {
      throw new UnreadableException("has a header of %d bytes", length);
    }
    return new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
  }

  private static Matcher find(Pattern pattern, String header, String what)
      throws UnreadableException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new UnreadableException(
          "states no %s of plain numbers; save an array of whole or real numbers", what);
    }
    return matcher;
  }

  private static Element element(Matcher type) throws UnreadableException {
    Element.Kind kind =
        switch (type.group(2)) {
          case "u" -> Element.Kind.UNSIGNED;
          case "i" -> Element.Kind.SIGNED;
          case "f" -> Element.Kind.REAL;
          default -> null;
        };
    ByteOrder order = type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Element element =
        kind == null || type.group(3).length() > 2
            ? null
            : new Element(kind, Integer.parseInt(type.group(3)), order);
    if (element == null || !element.exists()) {
      throw new UnreadableException(
          "holds numbers of type %s%s; save whole numbers or real ones of 2, 4 or 8 bytes",
          type.group(2), type.group(3));
    }
    return element;
  }

  private static long[] shape(String axes) throws UnreadableException {
    try {
      return Arrays.stream(axes.replace("L", "").split(","))
          .map(String::strip)
          .filter(axis -> !axis.isEmpty())
          .mapToLong(Long::parseLong)
          .toArray();
    } catch (NumberFormatException e) {
      throw new UnreadableException("has shape (%s)", axes);
    }
  }
}
