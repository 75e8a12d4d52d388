package org.robustnessgap.deploy.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Endpoint;
import picocli.CommandLine.Option;

/** How a served classifier is asked, on the command line. */
public final class EndpointOptions {
  @Option(
      names = "--queries-per-second",
      paramLabel = "N",
      description = "Highest rate of images that it is asked about (default: no limit).")
  private @Nullable Double queriesPerSecond;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Most images in a request (default: what the server takes).")
  private @Nullable Integer batch;

  @Option(
      names = "--label-names",
      paramLabel = "NAME",
      split = ",",
      description =
          "What a served classifier that answers labels calls its classes, in their order; for"
              + " numbers 0,1,2 … (default: what it answers are scores).")
  private @Nullable List<String> labels;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "Headers of requests, one Name: value a line, for instance Authorization: Bearer …; read"
              + " again when it changes (default: none).")
  private @Nullable Path credentials;

  /**
   * What the command line says.
   *
   * @param input name of the tensor that takes images; null for what the server states
   * @param output likewise
   * @param image shape of one image; null if it is not said
   * @return null if it says nothing
   * @throws org.robustnessgap.messages.InvalidInputException if an option cannot be read
   */
  public @Nullable Endpoint endpoint(
      @Nullable String input, @Nullable String output, @Nullable List<Integer> image) {
    boolean silent =
        Stream.of(queriesPerSecond, batch, labels, credentials, input, output, image)
            .noneMatch(Objects::nonNull);
    return silent
        ? null
        : new Endpoint(
            null,
            image,
            input,
            output,
            labels,
            batch,
            null,
            queriesPerSecond,
            null,
            null,
            null,
            null,
            absolute(credentials));
  }

  private static @Nullable String absolute(@Nullable Path file) {
    return file == null ? null : file.toAbsolutePath().toString();
  }
}
