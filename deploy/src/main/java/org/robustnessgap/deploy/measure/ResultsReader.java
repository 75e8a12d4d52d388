package org.robustnessgap.deploy.measure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/** Reads what {@link ResultsFile} writes of one classifier. */
final class ResultsReader {
  private final Path file;
  private final SortedMap<Long, SampleResult> samples = new TreeMap<>();
  private @Nullable String classifier;
  private @Nullable Provenance provenance;

  private ResultsReader(Path file) {
    this.file = file;
  }

  /** Whether it is a file of JSON, as results are and no model is. */
  static boolean isResults(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == '{';
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * @throws InvalidInputException if it cannot be read, or is not of one version of one classifier
   */
  static MeasuredModel read(Path file) {
    return new ResultsReader(file).read();
  }

  private MeasuredModel read() {
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        add(Json.mapper().readTree(line), number);
      }
    } catch (JsonProcessingException | InvalidInputException e) {
      throw new InvalidInputException(
          String.format(
              "Line %d of %s is none of a results file: %s Give one that measure --out wrote.",
              number, file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + ": " + e.getMessage() + ".", e);
    }
    if (provenance == null) {
      throw new InvalidInputException(file + " holds no result; measure again.");
    }
    return new MeasuredModel(file.getFileName().toString(), provenance, samples);
  }

  private void add(JsonNode line, int number) throws JsonProcessingException {
    String name = line.path("classifier").asText();
    Provenance made = Json.mapper().treeToValue(line.get("provenance"), Provenance.class);
    if (made == null) {
      throw new InvalidInputException("it does not say what it was made with.");
    }
    if (provenance == null) {
      classifier = name;
      provenance = made;
    } else if (!name.equals(classifier) || !made.equals(provenance)) {
      throw new InvalidInputException(
          String.format(
              "%s is of %s, and line %d of %s otherwise; measure each classifier into a file of its own.",
              file, classifier, number, name));
    }
    Map<Space, Outcome> spaces = new EnumMap<>(Space.class);
    for (Space space : made.attack().spaces()) {
      JsonNode outcome = line.get(space.label());
      if (outcome != null) {
        spaces.put(space, Json.mapper().treeToValue(outcome, Outcome.class));
      }
    }
    JsonNode image = line.get("image");
    double imageNorm = line.path("image_norm").asDouble();
    SampleResult sample =
        new SampleResult(
            line.path("ordinal").asLong(-1),
            line.path("label").asInt(-1),
            line.path("latent_norm").asDouble(imageNorm),
            imageNorm,
            spaces,
            Map.of(),
            image == null ? null : image.asText());
    samples.put(sample.ordinal(), sample);
  }
}
