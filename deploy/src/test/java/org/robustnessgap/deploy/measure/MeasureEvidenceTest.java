package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MeasureEvidenceTest extends MeasureScenario {
  private static final String HEADER =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 28, 28,), }";

  /** As docs of numpy.lib.format have it. */
  private static float[] array(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.getShort(8);
    assertThat(new String(bytes.array(), 0, 8, StandardCharsets.ISO_8859_1))
        .isEqualTo("\u0093NUMPY\u0001\0");
    assertThat((10 + length) % 64).isZero();
    assertThat(new String(bytes.array(), 10, length, StandardCharsets.US_ASCII))
        .startsWith(HEADER)
        .endsWith("\n");
    FloatBuffer values =
        bytes.position(10 + length).slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }

  /** What is kept is as far apart as the results say. */
  @Test
  void theImagesOfEverySampleAreKept() throws Exception {
    Path evidence = folder.resolve("evidence");
    assertThat(
            measure(
                "--samples",
                "2",
                "--spaces",
                "in-distribution,unconstrained",
                "--out",
                results().toString(),
                "--keep-evidence",
                evidence.toString()))
        .isIn(0, 3);

    assertThat(lines()).hasSize(2);
    for (JsonNode line : lines()) {
      String name = String.format("mnist-mlp/%08d", line.get("ordinal").asInt());
      float[] x = array(evidence.resolve(name + ".npy"));
      assertThat(x).hasSize(784);
      for (String space : new String[] {"in-distribution", "unconstrained"}) {
        float[] moved = array(evidence.resolve(name + "." + space + ".npy"));
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
          sum += Math.pow((double) moved[i] - x[i], 2);
        }
        double distance = line.get(space).get("distance").asDouble();
        assertThat(Math.sqrt(sum))
            .as(name + space)
            .isCloseTo(distance, within(1e-4 * distance + 1e-5));
      }
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("taken"), "");
    measure("--samples", "1", "--spaces", "latent", "--keep-evidence", file.toString());
    assertThat(output.out() + output.err()).contains("--keep-evidence");
  }
}
