package org.robustnessgap.deploy.campaign;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;

/**
 * A campaign as a JSON file, of the form that topic {@code campaigns} holds. Unlike a message it is
 * written by hand, so a property that nobody knows is a slip, not news from a newer writer.
 */
public final class CampaignFile {
  private static final ObjectReader STRICT =
      Json.mapper().reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private CampaignFile() {}

  /**
   * @throws InvalidInputException if the file is missing or holds no valid campaign
   */
  public static Campaign read(Path file) {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(
          "There is no file " + file + "; check the path of the campaign.", e);
    } catch (IOException e) {
      throw new InvalidInputException(
          "The campaign " + file + " cannot be read: " + e.getMessage() + ".", e);
    }
    try {
      Campaign campaign = Json.read(json, Campaign.class);
      requireKnown(json);
      return campaign;
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireKnown(byte[] json) {
    try {
      STRICT.readValue(json, Campaign.class);
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
