package org.robustnessgap.traffic.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.NumberType;
import org.robustnessgap.data.ReceivedImages;
import org.robustnessgap.messages.InvalidInputException;

/** One input of a request of the Open Inference Protocol. */
sealed interface Input {
  /** The datatype of elements that are bytes: here, encoded pictures. */
  String BYTES = "BYTES";

  String name();

  /**
   * @param called the name of its image; of several, {@code called[0]} and so on
   * @throws InvalidInputException if they are none, or of another form
   */
  List<FittedImage> images(String called, ReceivedImages wanted);

  /**
   * An array.
   *
   * @param values row-major, the lowest byte of a number first
   */
  record Numbers(String name, long[] shape, NumberType type, byte[] values) implements Input {
    @Override
    public List<FittedImage> images(String called, ReceivedImages wanted) {
      return wanted.array(called, shape, type, values);
    }
  }

  /** Encoded pictures. */
  record Pictures(String name, List<byte[]> elements) implements Input {
    @Override
    public List<FittedImage> images(String called, ReceivedImages wanted) {
      List<FittedImage> images = new ArrayList<>(elements.size());
      for (int i = 0; i < elements.size(); i++) {
        String own = elements.size() == 1 ? called : called + "[" + i + "]";
        images.add(wanted.picture(own, elements.get(i)));
      }
      return images;
    }
  }

  /** Whose kind or values are such as no image has. */
  record Unusable(String name, String reason) implements Input {
    @Override
    public List<FittedImage> images(String called, ReceivedImages wanted) {
      throw new InvalidInputException("Input " + name + " of " + called + " " + reason + ".");
    }
  }

  /**
   * @throws InvalidInputException if there is no such type, or none of numbers
   */
  static NumberType type(String datatype) {
    return NumberType.named(datatype)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "Numbers of datatype '"
                        + datatype
                        + "' are no pixels; send UINT8, FP32 or another of INT, UINT and FP."));
  }

  /**
   * The input that holds the images.
   *
   * @param wanted its name; null if there is no other
   * @throws InvalidInputException if it is not there, or is one of several
   */
  static Input choose(List<Input> inputs, @Nullable String wanted) {
    List<Input> found =
        inputs.stream().filter(input -> wanted == null || input.name().equals(wanted)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    String names = inputs.stream().map(Input::name).collect(Collectors.joining(", "));
    throw new InvalidInputException(
        inputs.isEmpty()
            ? "The request has no inputs."
            : wanted == null
                ? "The request has inputs " + names + "; name the one of the images (input)."
                : "The request has no input " + wanted + ", but " + names + "; correct its name.");
  }
}
