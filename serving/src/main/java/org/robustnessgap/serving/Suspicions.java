package org.robustnessgap.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.serving.call.Answer;
import org.robustnessgap.serving.call.InputType;
import org.robustnessgap.serving.call.OutputTensor;

/** What looks wrong with a model that answers. */
final class Suspicions {
  private Suspicions() {}

  /**
   * @param answers one about each of several different images
   * @param deterministic whether the same image got the same answer twice
   * @param unread whether nobody knows what the answers mean
   * @return sentences, the gravest first
   */
  static List<String> of(
      ModelReference reference,
      Contact contact,
      List<Answer> answers,
      boolean deterministic,
      boolean unread) {
    Endpoint endpoint = reference.endpointOrStandard();
    List<OutputTensor> outputs =
        answers.stream()
            .map(answer -> AnswerForms.output(reference.name(), answer, endpoint))
            .toList();
    List<String> found = new ArrayList<>();
    if (answers.stream().allMatch(answer -> SameAnswers.test(answers.get(0), answer))
        && outputs.get(0).size() > 1) {
      found.add(
          "It answers the same to every image; see whether it reads its input, and the range of pixels that it wants.");
    }
    if (outputs.stream().anyMatch(Suspicions::isUnknown)) {
      found.add(
          "Some of its scores are no numbers; see the model. Samples with such scores will fail.");
    }
    if (!deterministic) {
      found.add(
          "It answers the same image differently; it will be asked three times about each, and a majority decides.");
    }
    if (contact.input().type() == InputType.UINT8 && reference.input() == null) {
      found.add(
          "It takes whole numbers from 0 to 255; state what the pixels of your images are as the model's input, for they are sent as they are, rounded.");
    }
    addVersions(reference, answers, found);
    if (!unread && answers.get(0).outputs().size() > 1 && endpoint.output() == null) {
      found.add(
          String.format(
              "It answers %s; the first is used. Name another as the endpoint's output if that is wrong.",
              answers.get(0).outputs().stream()
                  .map(OutputTensor::name)
                  .collect(Collectors.joining(", "))));
    }
    addWays(contact, found);
    return found;
  }

  private static boolean isUnknown(OutputTensor output) {
    return DoubleStream.of(output.numbers()).anyMatch(number -> !Double.isFinite(number));
  }

  private static void addVersions(
      ModelReference reference, List<Answer> answers, List<String> found) {
    List<@Nullable String> versions = new ArrayList<>();
    for (Answer answer : answers) {
      if (versions.stream().noneMatch(each -> Objects.equals(each, answer.modelVersion()))) {
        versions.add(answer.modelVersion());
      }
    }
    String asked = reference.location().replaceAll(".*/versions/([^/]+)/?$|.*", "$1");
    if (versions.size() > 1) {
      found.add(
          "Several versions answer, "
              + versions.stream().map(String::valueOf).collect(Collectors.joining(", "))
              + "; give the address of one of them.");
    } else if (!asked.isEmpty() && !asked.equals(versions.get(0))) {
      found.add(
          String.format(
              "Version %s was asked for, but %s; see whether the server knows versions.",
              asked,
              versions.get(0) == null
                  ? "answers do not say which it was"
                  : "version " + versions.get(0) + " answered"));
    } else if (versions.get(0) == null) {
      found.add(
          "Answers do not say which version gave them; a change is found by the answers to a fixed batch.");
    }
  }

  private static void addWays(Contact contact, List<String> found) {
    Way first = Way.working(contact.ways()).get(0);
    for (Way way : Way.working(contact.ways())) {
      if (!SameAnswers.test(way.one(), first.one())) {
        found.add(
            String.format(
                "%s and %s give different answers; the first is used.",
                first.transport().name(), way.transport().name()));
      }
    }
    if (contact.input().single() == null && contact.way().images() == 1) {
      found.add("It takes one image at a time, or the endpoint's batch says so.");
    }
  }
}
