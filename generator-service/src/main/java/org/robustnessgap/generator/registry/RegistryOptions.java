package org.robustnessgap.generator.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.InvalidInputException;

/**
 * What the generator service is told of registries.
 *
 * @param webhookSecret file that holds the secret of MLflow's webhook; null to take none
 */
public record RegistryOptions(@Nullable Path webhookSecret) {
  public RegistryOptions {
    if (webhookSecret != null && !Files.isReadable(webhookSecret)) {
      throw new InvalidInputException(
          "There is no file "
              + webhookSecret
              + " to read; --webhook-secret names the file that holds the secret of the webhook.");
    }
  }

  /**
   * The secret; empty if deliveries are not taken.
   *
   * @throws InvalidInputException if its file cannot be read, or is empty
   */
  public Optional<String> secret() {
    if (webhookSecret == null) {
      return Optional.empty();
    }
    try {
      String secret = Files.readString(webhookSecret).strip();
      if (secret.isEmpty()) {
        throw new InvalidInputException(
            webhookSecret + " is empty; write the secret of the webhook into it.");
      }
      return Optional.of(secret);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + webhookSecret + ": " + e.getMessage(), e);
    }
  }
}
