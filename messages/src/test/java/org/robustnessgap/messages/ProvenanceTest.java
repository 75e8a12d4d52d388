package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
  private static final Algorithm FAST = new Algorithm.BoundaryDescent(Effort.FAST);

  @Test
  void onlyTheNormOfPixelsIsForChoice() {
    Provenance linf =
        new Provenance("g", new AttackPlan(List.of(Space.values()), FAST, Norm.LINF, null));

    assertThat(Provenance.norm(linf, Space.LATENT)).isEqualTo(Norm.L2);
    assertThat(Provenance.norm(linf, Space.IN_DISTRIBUTION)).isEqualTo(Norm.L2);
    assertThat(Provenance.norm(linf, Space.UNCONSTRAINED)).isEqualTo(Norm.LINF);
  }

  @Test
  void withoutProvenanceNoNormOfPixelsIsAssumed() {
    assertThat(Provenance.norm(null, Space.LATENT)).isEqualTo(Norm.L2);
    assertThat(Provenance.norm(null, Space.UNCONSTRAINED)).isNull();
    assertThat(Provenance.algorithm(null)).isEqualTo("unknown");
    assertThat(Provenance.text(null)).isEqualTo("unknown");
  }

  @Test
  void saysAllThatTellsPlansApart() {
    assertThat(new Provenance("dcgan", AttackPlan.standard()).describe())
        .isEqualTo("boundary-descent standard, l2, images of dcgan");
    assertThat(
            new Provenance(
                    "dcgan",
                    new AttackPlan(
                        List.of(Space.UNCONSTRAINED, Space.LATENT),
                        FAST,
                        Norm.LINF,
                        new PixelRange(-1, 0.5)))
                .describe())
        .isEqualTo(
            "boundary-descent fast, linf, pixels in [-1, 0.5], latent and unconstrained only, images of dcgan");
    assertThat(Algorithm.DeepFool.standard().describe()).isEqualTo("deepfool");
    assertThat(new Algorithm.DeepFool(7, 0.5, 3).describe())
        .isEqualTo("deepfool with 7 steps, overshoot 0.5, 3 bisections");
    assertThat(new Algorithm.QueryDescent(500, null).describe())
        .isEqualTo("query-descent with 500 queries");
    assertThat(new Algorithm.QueryDescent(500, Access.LABELS).describe())
        .isEqualTo("query-descent with 500 queries of labels");
    assertThat(Algorithm.HopSkipJump.standard().describe())
        .isEqualTo("hopskipjump with 1000 queries");
    assertThat(new Algorithm.FastGradientSign(3).describe())
        .isEqualTo("fast-gradient-sign with 3 bisections");
  }

  @Test
  void anAbsentNormIsThatOfTheTheory() {
    assertThat(new AttackPlan(List.of(Space.LATENT), FAST, null, null))
        .isEqualTo(new AttackPlan(List.of(Space.LATENT), FAST, Norm.L2, null));
  }

  @Test
  void transferIsRefusedWhatItCannotSearch() {
    assertThatThrownBy(
            () -> new TransferPlan(8, 8, Effort.FAST, TransferPlan.SPACES, Norm.LINF, null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("leave the norm linf out");
    assertThatThrownBy(
            () ->
                new TransferPlan(
                    8, 8, Effort.FAST, TransferPlan.SPACES, null, new PixelRange(0, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("leave the pixel range out");
    assertThatThrownBy(() -> TransferPlan.of(8, Effort.FAST, List.of(Space.IN_DISTRIBUTION)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("in latent and in unconstrained space only");
  }

  @Test
  void aPlanOfTransferSaysHowItsPerturbationsAreSearched() {
    assertThat(TransferPlan.of(8, Effort.THOROUGH, List.of(Space.LATENT)).attack())
        .isEqualTo(
            AttackPlan.of(List.of(Space.LATENT), new Algorithm.BoundaryDescent(Effort.THOROUGH)));
  }
}
