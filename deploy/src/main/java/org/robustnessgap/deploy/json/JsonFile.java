package org.robustnessgap.deploy.json;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;

/**
 * A file that holds JSON of the form that messages have. Unlike a message it is written by hand, so
 * a property that nobody knows is a slip, not news from a newer writer.
 */
public final class JsonFile {
  private static final ObjectReader STRICT =
      Json.mapper().reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private JsonFile() {}

  /**
   * @param what the user calls it
   * @throws InvalidInputException if the file is missing or holds no valid object of this type
   */
  public static <T> T read(Path file, Class<T> type, String what) {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          "There is no file " + file + "; check the path of the " + what + ".", e);
    } catch (IOException e) {
      throw new InvalidInputException(
          "The " + what + " " + file + " cannot be read: " + e.getMessage() + ".", e);
    }
    try {
      T read = Json.read(json, type);
      requireKnown(json, type);
      return read;
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireKnown(byte[] json, Class<?> type) {
    try {
      STRICT.readValue(json, type);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidInputException(
          "There is no property '"
              + e.getPropertyName()
              + "' here; known ones are "
              + e.getKnownPropertyIds().stream()
                  .map(Object::toString)
                  .sorted()
                  .collect(Collectors.joining(", "))
              + ".",
          e);
    } catch (IOException e) {
      throw new IllegalStateException("readable a moment ago", e);
    }
  }
}
