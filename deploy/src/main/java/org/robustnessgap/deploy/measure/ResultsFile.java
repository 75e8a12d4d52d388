package org.robustnessgap.deploy.measure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.Outcome;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.SampleResult;
import org.robustnessgap.messages.Space;

/**
 * One JSON object a line for each sample and classifier. The names are a contract, stated in the
 * docs/reference/results-file.md.
 */
final class ResultsFile implements AutoCloseable {
  private final BufferedWriter writer;
  private final String engine;

  /**
   * @param engine what runs the models
   * @throws InvalidInputException if the file cannot be written
   */
  ResultsFile(Path file, String engine) {
    this.engine = engine;
    requireOwn(file);
    try {
      writer = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + file + " (--out); does its folder exist, and may you write there?", e);
    }
  }

  /** What is there already may be a model or an image that was named by mistake. */
  private static void requireOwn(Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      int first = in.read();
      if (first >= 0 && first != '{') {
        throw new InvalidInputException(
            file + " (--out) exists and holds no results; name another file, or remove it.");
      }
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + file + " (--out), which exists.", e);
    }
  }

  /**
   * @param classifier which one answered
   * @param provenance what was found is made with
   */
  void write(ModelReference classifier, Provenance provenance, SampleResult sample) {
    ObjectNode line = object(classifier, provenance, sample);
    if (!sample.diagnostics().isEmpty()) {
      line.set("diagnostics", Json.mapper().valueToTree(sample.diagnostics()));
    }
    try {
      writer.write(Json.mapper().writeValueAsString(line));
      writer.newLine();
      // Whole lines only, whenever the run is interrupted.
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ObjectNode object(ModelReference classifier, Provenance provenance, SampleResult sample) {
    ObjectNode line = Json.mapper().createObjectNode();
    line.put("classifier", classifier.name());
    line.put("ordinal", sample.ordinal());
    line.put("label", sample.label());
    if (sample.name() == null) {
      line.put("latent_norm", sample.latentNorm());
    } else {
      line.put("image", sample.name());
    }
    line.put("image_norm", sample.imageNorm());
    if (sample.reconstruction() != null) {
      line.set("reconstruction", Json.mapper().valueToTree(sample.reconstruction()));
    }
    line.set("pixels", Json.mapper().valueToTree(classifier.pixels()));
    line.set("provenance", Json.mapper().valueToTree(provenance));
    line.put("engine", engine);
    for (Map.Entry<Space, Outcome> entry : sample.spaces().entrySet()) {
      ObjectNode space = object(entry.getValue());
      space.put("norm", provenance.attack().norm(entry.getKey()).label());
      line.set(entry.getKey().label(), space);
    }
    return line;
  }

  /** The outcome as it is in messages, with the same members whatever the status. */
  private static ObjectNode object(Outcome outcome) {
    ObjectNode object = Json.mapper().createObjectNode();
    object.set("distance", null);
    object.set("adversarial_label", null);
    object.set("kkt_residual", null);
    object.setAll((ObjectNode) Json.mapper().valueToTree(outcome));
    outcome.distanceIfKnown().ifPresent(distance -> object.put("distance", distance));
    return object;
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
