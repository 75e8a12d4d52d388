package org.robustnessgap.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference values that an independent implementation computed in float64, and the models they
 * belong to.
 */
public final class Golden {
  private static final JsonNode ARRAYS = manifest().get("arrays");

  private Golden() {}

  /** Classifiers with golden gradients. */
  public static List<String> classifiers() {
    List<String> names = new ArrayList<>();
    ARRAYS.fieldNames().forEachRemaining(name -> names.add(name));
    names.removeIf(name -> !ARRAYS.get(name).has("generator"));
    return names;
  }

  public static String generatorOf(String classifier) {
    return ARRAYS.get(classifier).get("generator").asText();
  }

  public static Path model(String name) {
    return Path.of("..", "..", "deploy", "models", name + ".onnx");
  }

  public static Tensor array(String model, String array) {
    List<Long> shape = new ArrayList<>();
    ARRAYS.get(model).get(array).forEach(dimension -> shape.add(dimension.asLong()));
    try (InputStream in = open(model + "." + array + ".f32")) {
      byte[] bytes = in.readAllBytes();
      float[] values = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return new Tensor(values, shape.stream().mapToLong(Long::longValue).toArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** ‖actual − expected‖₂ / ‖expected‖₂. */
  public static double relativeError(float[] actual, float[] expected) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }

  private static JsonNode manifest() {
    try (InputStream in = open("manifest.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String file) {
    return Golden.class.getResourceAsStream("/golden/" + file);
  }
}
