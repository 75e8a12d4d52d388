package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.diagnostic.ProjectionDiagnostic;

/** What measure finds of each sample besides distances. */
final class MeasureDiagnosticsTest extends MeasureScenario {
  @Test
  void diagnosticsAreMeasuredByName() throws Exception {
    assertThat(
            measure(
                "--samples",
                "3",
                "--spaces",
                "unconstrained",
                "--diagnostics",
                "lower-bounds, kkt-residual",
                "--out",
                results().toString()))
        .isZero();

    for (JsonNode line : lines()) {
      JsonNode found = line.at("/diagnostics/unconstrained");
      assertThat(found.get("lower_bound").asDouble())
          .isPositive()
          .isLessThan(line.at("/unconstrained/distance").asDouble());
      assertThat(found.get("kkt_residual")).isEqualTo(line.at("/unconstrained/kkt_residual"));
    }
    assertThat(output.out())
        .contains("Diagnostics, not normalised: median (quartiles)\n")
        .containsPattern(
            "mnist-mlp, unconstrained: lower_bound \\S+ \\(\\S+ to \\S+\\), 3 samples\n");
  }

  @Test
  void unknownDiagnosticsAreRefused() {
    assertThat(measure("--samples", "2", "--diagnostics", "oracle")).isEqualTo(2);

    assertThat(output.err())
        .contains("There is no diagnostic 'oracle'; choose among kkt-residual, lower-bounds,");
  }

  @Test
  void lowerBoundsStayBelowWhatIsMeasured() throws Exception {
    assertThat(
            measure(
                "--samples",
                "6",
                "--spaces",
                "unconstrained",
                "--lower-bounds",
                "--out",
                results().toString()))
        .isZero();

    assertThat(lines())
        .hasSize(6)
        .allSatisfy(
            line -> {
              JsonNode found = line.at("/diagnostics/unconstrained");
              assertThat(found.get("lower_bound").asDouble())
                  .isPositive()
                  .isLessThan(line.get("unconstrained").get("distance").asDouble());
              assertThat(found.get("peck_bound").asDouble()).isPositive();
            });
    assertThat(output.out())
        .containsPattern("mnist-mlp: certified lower bound [0-9.e-]+, certified limit [0-9.e+]+")
        .contains("mnist-dcgan: Lipschitz constant at most");
  }

  @Test
  void theShortWordsAreDiagnostics() throws Exception {
    String[] common = {"--samples", "2", "--spaces", "latent", "--out", results() + ""};
    assertThat(measure(with(common, "--lower-bounds"))).isZero();
    String printed = output.out();
    List<JsonNode> lines = lines();

    assertThat(measure(with(common, "--diagnostics", "lower-bounds"))).isZero();

    assertThat(output.out()).isEqualTo(printed + printed);
    assertThat(lines()).isEqualTo(lines);
  }

  @Test
  void theNearestPointClassifierIsAtLeastHalfAsRobustAsInDistribution() throws Exception {
    assertThat(measure("--samples", "2", "--project", "--out", results().toString())).isZero();

    for (JsonNode line : lines()) {
      JsonNode projected = line.at("/diagnostics/unconstrained");
      assertThat(projected.fieldNames())
          .toIterable()
          .containsExactlyInAnyOrderElementsOf(new ProjectionDiagnostic().values().keySet());
      double inDistribution = projected.get("projected_in_distribution").asDouble();
      assertThat(inDistribution)
          .isLessThanOrEqualTo(line.get("in-distribution").get("distance").asDouble());
      assertThat(projected.get("projected_least_distance").asDouble())
          .isEqualTo(inDistribution / 2);
      assertThat(projected.get("projected_distance").asDouble())
          .isGreaterThanOrEqualTo(inDistribution / 2 * (1 - 1e-5));
    }
    assertThat(output.out()).containsPattern("samples below the least +0 of 2");
  }

  @Test
  void aClassifierThatFailsCannotBeProjectedEither() throws Exception {
    String broken = broken().toString();

    assertThat(
            measure("--samples", "1", "--project", "--classifier", broken, "--out", results() + ""))
        .isEqualTo(2);

    assertThat(lines().get(1).at("/diagnostics/unconstrained").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("projection_gradients", "projection_forwards");
    assertThat(output.out()).containsPattern("samples below the least +0 of 1 +0 of 1");
  }

  @Test
  void projectionNeedsBothSpacesThatItCompares() {
    assertThat(measure("--project", "--spaces", "latent")).isEqualTo(2);

    assertThat(output.err())
        .contains(
            "The diagnostic projection compares the spaces in-distribution and unconstrained");
  }
}
