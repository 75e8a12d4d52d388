package org.robustnessgap.deploy.model;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.robustnessgap.messages.InvalidInputException;

/**
 * The size of an image as the command line writes it: {@code 224x224}, {@code 3x224x224} or, of a
 * vector, {@code 576}.
 */
public final class ImageSize {
  private static final Pattern FORM = Pattern.compile("\\d{1,6}(x\\d{1,6}){0,3}");

  private ImageSize() {}

  /**
   * @return its dimensions, at least one
   * @throws InvalidInputException if it cannot be read
   */
  public static List<Integer> parse(String text) {
    if (!FORM.matcher(text.strip()).matches()) {
      throw new InvalidInputException(
          "'"
              + text
              + "' is no image size; write HxW, for instance 224x224, CxHxW, or the length of a vector.");
    }
    List<Integer> size = Arrays.stream(text.strip().split("x")).map(Integer::valueOf).toList();
    if (size.contains(0)) {
      throw new InvalidInputException(
          "Images of size '" + text + "' have no pixels; write how high and wide they are.");
    }
    return size;
  }
}
