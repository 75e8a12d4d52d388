package org.robustnessgap.messages;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an ONNX file leaves open and its user must say. Everything may be left out.
 *
 * @param output name of the output that is meant; null for the only one that can be
 * @param outputSlice the part of that output that holds the scores of the classes; null for all
 * @param scores what these numbers are; null for {@link Scores#AUTO}
 * @param fix by name of a further input, its value: one number for all elements, or one each
 * @param imageSize what an open image size is to be: height and width, or the whole shape of one
 *     image or vector; null for the size of the images that the model is used with
 */
@OmitEmpty
@StableApi
public record ModelOptions(
    @Nullable String output,
    @Nullable OutputSlice outputSlice,
    Scores scores,
    Map<String, List<Double>> fix,
    @Nullable List<Integer> imageSize) {
  /** Nothing is said. */
  public static final ModelOptions NONE = new ModelOptions(null, null, null, null, null);

  /** Null where nothing is said. */
  public ModelOptions(
      @Nullable String output,
      @Nullable OutputSlice outputSlice,
      @Nullable Scores scores,
      @Nullable Map<String, List<Double>> fix,
      @Nullable List<Integer> imageSize) {
    Checks.check(output == null || !output.isBlank(), "the name of the output is empty");
    this.output = output;
    this.outputSlice = outputSlice;
    this.scores = scores == null ? Scores.AUTO : scores;
    Map<String, List<Double>> fixed = new LinkedHashMap<>();
    if (fix != null) {
      fix.forEach(
          (input, values) -> {
            Checks.check(!input.isBlank(), "the name of a fixed input is empty");
            List<Double> given = Checks.notEmpty(values, "value of the fixed input " + input);
            given.forEach(value -> Checks.finite(value, "a value of the fixed input " + input));
            fixed.put(input, given);
          });
    }
    this.fix = Collections.unmodifiableMap(fixed);
    this.imageSize = imageSize == null ? null : size(imageSize);
  }

  private static List<Integer> size(List<Integer> imageSize) {
    List<Integer> copy = Checks.list(imageSize, "image size");
    Checks.check(
        !copy.isEmpty() && copy.size() <= 4,
        "the image size %s has %d numbers but must have 1 (of a vector), 2 (height, width) or up to 4",
        copy,
        copy.size());
    copy.forEach(size -> Checks.atLeast(size, 1, "a number of the image size"));
    return copy;
  }
}
