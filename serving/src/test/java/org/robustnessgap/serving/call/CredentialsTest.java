package org.robustnessgap.serving.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.InvalidInputException;

final class CredentialsTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("headers"), text);
  }

  @Test
  void headersAreReadAndReadAgainWhenTheyChange() throws IOException {
    Path file = file("# of the gateway\nAuthorization: Bearer one\n\nX-Key: a:b\n");
    Credentials credentials = new Credentials(file.toString());
    assertThat(credentials.headers())
        .containsEntry("authorization", "Bearer one")
        .containsEntry("X-Key", "a:b")
        .hasSize(2);
    file("Authorization: Bearer two");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertThat(credentials.headers()).containsEntry("Authorization", "Bearer two").hasSize(1);
    Files.delete(file);
    assertThat(credentials.headers()).as("while it is replaced").hasSize(1);
  }

  @Test
  void whatIsNoHeaderIsRefusedWithoutRepeatingIt() throws IOException {
    Path file = file("Authorization: x\nhunter2");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new Credentials(file.toString()))
        .withMessageStartingWith("Line 2 of the credentials ")
        .withMessageNotContaining("hunter2");
    Path other = file("Host: elsewhere");
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new Credentials(other.toString()))
        .withMessageContaining("sets Host")
        .withMessageNotContaining("elsewhere");
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = folder.resolve("none").toString();
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> new Credentials(missing))
        .withMessageContaining(missing);
  }
}
