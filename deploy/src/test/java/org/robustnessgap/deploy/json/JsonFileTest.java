package org.robustnessgap.deploy.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.messages.SmoothnessPlan;
import org.robustnessgap.messages.TransferPlan;

final class JsonFileTest {
  @TempDir Path folder;

  @Test
  void readsTheShippedCampaignWhoseModelsAreShippedToo() {
    Campaign shipped =
        JsonFile.read(Path.of("campaigns", "cifar10.json"), Campaign.class, "campaign");

    assertThat(shipped.smoothness()).isEqualTo(SmoothnessPlan.standard(1024));
    assertThat(shipped.classifiers()).hasSize(4);
    assertThat(shipped.classifiers())
        .extracting(ModelReference::location)
        .allSatisfy(location -> assertThat(Path.of("..", location)).exists());
    assertThat(Path.of("..", shipped.generator().location())).exists();
  }

  @Test
  void takesTheTransferSectionThatTheGuideShows() throws Exception {
    String section =
        Files.readAllLines(Path.of("..", "docs", "how-to", "measure-transfer.md")).stream()
            .filter(line -> line.startsWith("\"transfer\": "))
            .findFirst()
            .orElseThrow();
    String shipped = Files.readString(Path.of("campaigns", "cifar10.json"));
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            shipped.replace("\"quantiles\":", section + ", \"quantiles\":"));

    assertThat(JsonFile.read(file, Campaign.class, "campaign").transfer())
        .isEqualTo(TransferPlan.standard(128));
  }

  @Test
  void namesTheFileAndWhatIsWrong() throws Exception {
    Path file = Files.writeString(folder.resolve("c.json"), "{\"id\": \"a b\"}");

    assertThatThrownBy(() -> JsonFile.read(file, Campaign.class, "campaign"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("campaign id 'a b'");
    assertThatThrownBy(() -> JsonFile.read(folder.resolve("none.json"), Campaign.class, "campaign"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "There is no file "
                + folder.resolve("none.json")
                + "; check the path of the campaign.");
  }

  @Test
  void aMisspeltPropertyIsRefused() throws Exception {
    String shipped = Files.readString(Path.of("campaigns", "cifar10.json"));
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            shipped.replace("\"batch_size\": 32", "\"batch_size\": 32, \"rate\": 1"));

    assertThatThrownBy(() -> JsonFile.read(file, Campaign.class, "campaign"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(
            file + ": There is no property 'rate' here; known ones are batch_size, ");
  }
}
