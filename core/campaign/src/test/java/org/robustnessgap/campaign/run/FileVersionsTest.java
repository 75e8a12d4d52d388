package org.robustnessgap.campaign.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.onnx.TestGraph;

class FileVersionsTest {
  private final FileVersions versions = new FileVersions();

  @TempDir private Path folder;

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private Path file() throws IOException {
    return Files.write(
        folder.resolve("f.onnx"), TestGraph.linear("f", new float[][] {{1, 0}, {0, 1}}).toBytes());
  }

  /** With its weights in files a.bin and b.bin, the first of which the later tensor names. */
  private Path external() throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file())).toBuilder();
    TensorProto.Builder weights = model.getGraphBuilder().getInitializerBuilder(0);
    weights.clearRawData().clearFloatData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    weights.addExternalData(entry("b.bin"));
    model
        .getGraphBuilder()
        .addInitializer(
            weights.build().toBuilder().clearExternalData().addExternalData(entry("a.bin")))
        .addInitializer(
            weights.build().toBuilder().clearExternalData().addExternalData(entry("../c")));
    Files.write(folder.resolve("a.bin"), new byte[16]);
    Files.write(folder.resolve("b.bin"), new byte[] {1, 2, 3, 4});
    return Files.write(folder.resolve("f.onnx"), model.build().toByteArray());
  }

  private static StringStringEntryProto entry(String location) {
    return StringStringEntryProto.newBuilder().setKey("location").setValue(location).build();
  }

  @Test
  void theDigestOfAFileIsItsSha256() throws Exception {
    Path file = file();
    assertThat(versions.digest(file)).isEqualTo(sha256(Files.readAllBytes(file)));
  }

  @Test
  void theDigestOfAFileWithWeightsInOthersIsThatOfTheirDigestsByName() throws Exception {
    Path file = external();
    String lines =
        sha256(Files.readAllBytes(file))
            + "\n"
            + sha256(new byte[16])
            + "  a.bin\n"
            + sha256(new byte[] {1, 2, 3, 4})
            + "  b.bin\n";
    assertThat(versions.digest(file)).isEqualTo(sha256(lines.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void weightsThatAreReplacedMakeAnotherVersion() throws Exception {
    Path file = external();
    FileVersion before = versions.of(file);
    String digest = versions.digest(file);
    assertThat(versions.of(file)).isEqualTo(before);

    Files.write(folder.resolve("b.bin"), new byte[] {1, 2, 3, 4, 5});

    assertThat(versions.of(file)).isNotEqualTo(before);
    assertThat(versions.digest(file)).isNotEqualTo(digest);
  }

  /** As deployments replace files: another of the same length and time, renamed. */
  @Test
  void aFileThatIsReplacedByAnotherOfItsLengthAndTimeIsAnotherVersion() throws Exception {
    Path file = file();
    FileVersion before = versions.of(file);
    String digest = versions.digest(file);
    FileTime time = Files.getLastModifiedTime(file);
    Path other =
        Files.write(
            folder.resolve("other"),
            TestGraph.linear("f", new float[][] {{1, 0}, {0, 2}}).toBytes());
    assertThat(Files.size(other)).isEqualTo(Files.size(file));
    Files.setLastModifiedTime(other, time);

    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(versions.of(file)).isNotEqualTo(before);
    assertThat(versions.digest(file)).isNotEqualTo(digest);
  }

  @Test
  void aFileThatIsOnlyTouchedKeepsItsDigest() throws Exception {
    Path file = file();
    String digest = versions.digest(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_900_000_000_000L));
    assertThat(versions.digest(file)).isEqualTo(digest);
  }
}
