package org.robustnessgap.deploy.attach;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.campaign.run.ServedClassifiers;
import org.robustnessgap.messages.Access;
import org.robustnessgap.serving.Attachment;

/** What {@code attach} found, for people. */
final class AttachmentText {
  /** Of a sample in one space, of which the time is told. */
  private static final int QUERIES = 1000;

  private final StringBuilder text = new StringBuilder();

  private AttachmentText() {}

  static String of(Attachment found) {
    AttachmentText text = new AttachmentText();
    text.head(found.location());
    text.line("server", found.server() == null ? "does not say" : found.server());
    text.line(
        "model",
        (found.platform().isEmpty() ? "" : found.platform() + ", ")
            + (found.versions().isEmpty()
                ? "versions not stated"
                : "versions " + String.join(", ", found.versions())));
    text.line("answered by", found.identity() == null ? "unknown" : found.identity().describe());
    text.line("access", access(found));
    text.line("images", shape(found));
    text.line("answers", "in " + String.join(", ", found.outputs()) + labels(found.labels()));
    for (Attachment.Tried way : found.ways()) {
      text.line(way.transport().equals(found.transport()) ? "asked by" : "tried", way(way));
    }
    text.line("batches", batches(found));
    text.line(
        "latency",
        String.format(
            Locale.ROOT,
            "%.1f ms an image alone, %.2f ms in batches of %d",
            found.batches().get(0).millis(),
            found.best().millis(),
            found.best().images()));
    text.line(
        "a sample",
        String.format(
            Locale.ROOT,
            "%d queries in one space take about %.1f s",
            QUERIES,
            QUERIES * found.best().millis() / 1000));
    text.line(
        "twice",
        found.deterministic()
            ? "the same images got the same answers"
            : "the same images got other answers: each will be the majority of three");
    text.line("attacks", attacks(found.access()));
    text.line("spent", found.queries() + " queries");
    found.problems().forEach(problem -> text.line("look at", problem));
    return text.text.toString();
  }

  static String of(String location, ServedClassifiers.Registered fetched) {
    AttachmentText text = new AttachmentText();
    text.head(location);
    text.line("model", fetched.identity().describe());
    text.line("file", fetched.file().toString());
    text.line(
        "access", "gradients: it is an ONNX file, attacked as any; see inspect " + fetched.file());
    text.line(
        "attacks", "boundary-descent, deepfool, fast-gradient-sign, query-descent, hopskipjump");
    return text.text.toString();
  }

  private void head(String location) {
    text.append(location).append('\n');
  }

  private void line(String what, String value) {
    text.append(String.format(Locale.ROOT, "  %-12s%s%n", what, value));
  }

  private static String access(Attachment found) {
    Access access = found.access();
    if (access == null) {
      return "unknown";
    }
    return access + (found.classes() == null ? "" : " of " + found.classes() + " classes");
  }

  private static String shape(Attachment found) {
    return (found.input() == null ? "" : found.input() + ", ")
        + found.datatype()
        + " "
        + found.imageShape();
  }

  private static String labels(List<String> labels) {
    return labels.isEmpty()
        ? ""
        : ", labels as " + labels.stream().limit(5).collect(Collectors.joining(", "));
  }

  private static String way(Attachment.Tried way) {
    Double millis = way.millis();
    return millis == null
        ? way.transport() + ": " + (way.why() == null ? "does not work" : way.why())
        : String.format(Locale.ROOT, "%s, %.1f ms for two images", way.transport(), millis);
  }

  private static String batches(Attachment found) {
    return found.largestBatch() == 1
        ? "one image was answered at a time"
        : "up to " + found.largestBatch() + " images were answered at once";
  }

  private static String attacks(@Nullable Access access) {
    if (access == null) {
      return "none before it is known what it answers";
    }
    return access.tellsScores()
        ? "query-descent by its " + access + ", hopskipjump"
        : "query-descent by its labels, hopskipjump; their distances are looser upper bounds";
  }
}
