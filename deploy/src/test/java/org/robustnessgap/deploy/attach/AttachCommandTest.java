package org.robustnessgap.deploy.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.deploy.CapturedOutput;
import org.robustnessgap.deploy.RobustnessGapCommand;
import org.robustnessgap.deploy.json.JsonFile;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Campaign;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.ModelReference;
import org.robustnessgap.service.CommandLines;

/** What attach says of a served model, and the campaign that it writes. */
class AttachCommandTest {
  private static final String GENERATOR = Path.of("models", "mnist-dcgan.onnx").toString();

  @TempDir Path folder;
  @RegisterExtension final CapturedOutput output = new CapturedOutput();

  private OipServer server;

  @BeforeEach
  void start() throws IOException {
    server = new OipServer(Path.of("models", "mnist-mlp.onnx"), "7");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private int attach(String... more) {
    List<String> arguments = new ArrayList<>(List.of("attach", server.location()));
    arguments.addAll(List.of(more));
    return CommandLines.execute(new RobustnessGapCommand(), arguments.toArray(String[]::new));
  }

  @Test
  void saysWhatIsKnownAndWhatWasTried() {
    assertThat(attach()).isZero();
    assertThat(output.out())
        .contains(
            "versions 7",
            "answered by version 7, fingerprint ",
            "access      scores of 10 classes",
            "images      image, FP32 [1, 28, 28]",
            "asked by    JSON over HTTP",
            "the same images got the same answers",
            "Its entry among the classifiers of a campaign:",
            "\"location\" : \"" + server.location() + "\"");
  }

  @Test
  void writesACampaignThatMeasures() {
    Path file = folder.resolve("campaign.json");
    assertThat(
            attach(
                "--generator",
                GENERATOR,
                "--samples",
                "4",
                "--name",
                "digits-7",
                "--queries-per-second",
                "100000",
                "--out",
                file.toString()))
        .isZero();
    assertThat(output.out()).contains("measure --campaign " + file);

    Campaign campaign = JsonFile.read(file, Campaign.class, "campaign");
    ModelReference classifier = campaign.classifiers().get(0);
    assertThat(classifier.name()).isEqualTo("digits-7");
    Endpoint endpoint = classifier.endpointOrStandard();
    assertThat(endpoint.access()).isEqualTo(Access.SCORES);
    assertThat(endpoint.image()).containsExactly(1, 28, 28);
    assertThat(endpoint.queriesPerSecond()).isEqualTo(100_000);
    assertThat(campaign.sampling().samples()).isEqualTo(4);
  }

  @Test
  void aServerThatIsDownIsNamedWithTheRemedy() {
    server.down = true;
    assertThat(attach()).isEqualTo(2);
    assertThat(output.err())
        .contains("digits cannot be asked", "answered 503", "see whether it runs")
        .contains("and asks to be left alone for 3 s; ");
  }

  @Test
  void anAddressThatMayHoldASecretIsRefusedAndNotRepeated() {
    for (String address :
        List.of(
            "oip+http://me:hunter2@localhost:1/v2/models/digits",
            "http://hunter2@localhost:1/invocations",
            "oip+http://localhost:1/v2/models/digits?token=hunter2",
            "ftp://me:hunter2@localhost/digits")) {
      assertThat(CommandLines.execute(new RobustnessGapCommand(), new String[] {"attach", address}))
          .isEqualTo(2);
    }
    assertThat(output.out() + output.err())
        .contains("as the endpoint's credentials")
        .doesNotContain("hunter2");
  }

  @Test
  void whatIsNoAddressIsRefused() {
    assertThat(CommandLines.execute(new RobustnessGapCommand(), new String[] {"attach", "f.onnx"}))
        .isEqualTo(2);
    assertThat(output.err()).contains("f.onnx is no address", "oip+http://HOST:PORT");
  }

  @Test
  void aCampaignWithoutDataIsRefusedBeforeAnythingIsAsked() {
    assertThat(attach("--out", folder.resolve("c.json").toString())).isEqualTo(2);
    assertThat(output.err()).contains("--generator");
    assertThat(server.asked.get()).isZero();
    assertThat(Files.exists(folder.resolve("c.json"))).isFalse();
  }
}
