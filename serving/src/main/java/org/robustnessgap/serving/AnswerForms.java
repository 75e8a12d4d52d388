package org.robustnessgap.serving;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.ModelMetadata;
import org.robustnessgap.serving.call.OutputTensor;

/** Finds out what answers mean, by some of them. */
final class AnswerForms {
  private static final double SUM_TOLERANCE = 1e-3;

  private AnswerForms() {}

  /**
   * The output that answers: the endpoint's, else the first.
   *
   * @throws InvalidInputException if there is none of that name
   */
  static OutputTensor output(String model, Answer answer, Endpoint endpoint) {
    String named = endpoint.output();
    return answer.outputs().stream()
        .filter(output -> named == null || output.name().equals(named))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    model
                        + " answers no output '"
                        + named
                        + "'; name one of "
                        + answer.outputs().stream()
                            .map(OutputTensor::name)
                            .collect(Collectors.joining(", "))
                        + " as the endpoint's output."));
  }

  /**
   * How many elements of an output are about one image.
   *
   * @throws InvalidInputException if it is not of as many images as were asked about
   */
  static int elements(String model, OutputTensor output, int images) {
    int size = output.size();
    boolean first = output.shape().isEmpty() || output.shape().get(0) == images || images == 1;
    if (size == 0 || size % images != 0 || !first) {
      throw new InvalidInputException(
          String.format(
              "%s answered a tensor of shape %s with %d elements about %d images; its first dimension must be theirs, or let the endpoint's batch be 1.",
              model, output.shape(), size, images));
    }
    return size / images;
  }

  /**
   * @param output answered about {@code images} images
   * @throws InvalidInputException if it does not tell, with what would
   */
  static AnswerForm of(
      String model, OutputTensor output, int images, Endpoint endpoint, ModelMetadata metadata) {
    int count = elements(model, output, images);
    List<String> labels = endpoint.labels();
    if (TopForm.matches(output)) {
      return new TopForm(model, classes(model, output, labels, metadata));
    }
    if (count == 1 && (labels != null || !output.isReal())) {
      return labels(model, output, labels);
    }
    if (count == 1 || !output.texts().isEmpty()) {
      throw new InvalidInputException(
          String.format(
              "%s answers %s an image in its output '%s', which is neither a score of each class nor a label; name another output, or the labels, of the endpoint.",
              model, count == 1 ? "a single number" : count + " texts", output.name()));
    }
    Access access = probabilities(output, count) ? Access.PROBABILITIES : Access.SCORES;
    return new ScoreForm(model, count, access);
  }

  private static AnswerForm labels(
      String model, OutputTensor output, @Nullable List<String> labels) {
    if (labels == null || labels.size() < 2) {
      throw new InvalidInputException(
          model
              + " answers labels such as '"
              + LabelForm.text(output, 0)
              + "'; name all of them, in their order, as the endpoint's labels.");
    }
    return new LabelForm(model, labels);
  }

  private static int classes(
      String model, OutputTensor output, @Nullable List<String> labels, ModelMetadata metadata) {
    if (labels != null) {
      return labels.size();
    }
    return metadata.outputs().stream()
        .filter(stated -> stated.name().equals(output.name()) && stated.shape().size() > 1)
        .map(stated -> Math.toIntExact(stated.shape().get(stated.shape().size() - 1)))
        .filter(last -> last > 1)
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    model
                        + " answers its leading classes only; name all of them, in their order, as the endpoint's labels."));
  }

  private static boolean probabilities(OutputTensor output, int classes) {
    for (int from = 0; from < output.numbers().length; from += classes) {
      double sum = 0;
      for (int i = from; i < from + classes; i++) {
        double value = output.numbers()[i];
        if (!(value >= 0 && value <= 1)) {
          return false;
        }
        sum += value;
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        return false;
      }
    }
    return true;
  }
}
