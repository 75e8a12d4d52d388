package org.robustnessgap.deploy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What fools two classifiers, by measure. */
final class MeasureTransferTest extends MeasureScenario {
  @Test
  void pairsOfClassifiersAreCompared() throws Exception {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    String[] arguments = {"--samples", "4", "--spaces", "latent,unconstrained", "--transfer", "2"};
    List<String> line = new ArrayList<>(List.of("--classifier", other));
    line.addAll(List.of(arguments));
    assertThat(measure(line.toArray(String[]::new))).isZero();

    assertThat(output.out())
        .contains("Perturbations that fool two classifiers")
        .containsPattern("labels differ +\\d+ % \\(\\d+ to \\d+ %\\)")
        .containsPattern("(?s)unconstrained\n.*  samples +2\n");
  }

  @Test
  void effortAndSpacesReachTransfer() {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    for (String effort : List.of("fast", "thorough")) {
      assertThat(
              measure(
                  "--classifier",
                  other,
                  "--samples",
                  "8",
                  "--spaces",
                  "latent",
                  "--transfer",
                  "8",
                  "--effort",
                  effort))
          .isZero();
    }
    String[] transfers = output.out().split("Perturbations that fool two classifiers");
    assertThat(transfers).hasSize(3);
    transfers[1] = transfers[1].substring(0, transfers[1].indexOf("ℓ2 distances"));
    assertThat(transfers[1])
        .contains("Attack: boundary-descent fast, l2, latent only, images of mnist-dcgan, ")
        .doesNotContain("unconstrained");
    assertThat(transfers[2])
        .contains("Attack: boundary-descent thorough, l2, latent only, images of mnist-dcgan, ");
    assertThat(transfers[2].substring(transfers[2].indexOf("quantile")))
        .as("more effort finds other figures")
        .isNotEqualTo(transfers[1].substring(transfers[1].indexOf("quantile")));
  }

  @Test
  void transferRefusesByNameWhatItCannotSearch() {
    String other = CLASSIFIER.replace("mnist-mlp", "mnist-lenet");
    for (List<String> options :
        List.of(
            List.of("--norm", "linf"),
            List.of("--pixel-range=-1,1"),
            List.of("--attack", "deepfool"),
            List.of("--spaces", "in-distribution"))) {
      List<String> line =
          new ArrayList<>(List.of("--classifier", other, "--samples", "2", "--transfer", "2"));
      line.addAll(options);
      assertThat(measure(line.toArray(String[]::new))).isEqualTo(2);
      assertThat(output.err())
          .contains("not with " + String.join(" ", options).replaceFirst("=.*", ""));
    }
  }

  @Test
  void transferNeedsTwoClassifiers() {
    assertThat(measure("--samples", "2", "--transfer", "2")).isEqualTo(2);

    assertThat(output.err()).contains("mnist-mlp is the only one");
  }

  @Test
  void transferNeedsSamples() {
    assertThat(measure("--samples", "2", "--transfer", "0")).isEqualTo(2);

    assertThat(output.err()).contains("--transfer 0 is no number of samples");
  }
}
