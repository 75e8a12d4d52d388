package org.robustnessgap.deploy.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;

/** A campaign as a JSON file, of the form that topic {@code campaigns} holds. */
public final class CampaignFile {
  private CampaignFile() {}

  /**
   * @throws InvalidInputException if the file is missing or holds no valid campaign
   */
  public static Campaign read(Path file) {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException("There is no file " + file + ".", e);
    } catch (IOException e) {
      throw new InvalidInputException("The campaign " + file + " cannot be read: " + e + ".", e);
    }
    try {
      return Json.read(json, Campaign.class);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }
}
