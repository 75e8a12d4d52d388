package org.robustnessgap.deploy.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Algorithm;
import org.robustnessgap.messages.AttackPlan;
import org.robustnessgap.messages.Effort;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.TheoreticalLimits.Kind;
import org.robustnessgap.messages.VersionFigure;
import org.robustnessgap.messages.Window;

final class GapTableTest {
  private static final String DISTANCES =
      "ℓ2 distances, normalised: latent by E‖z‖, the others by E‖g(z)‖; 95 % intervals.\n"
          + "Attack: unknown.\n";

  private static final String LATENT_HEAD =
      DISTANCES + "Limit: no classifier can be more robust. Gap ratio: limit / measured.\n\n";

  private static final String HEAD =
      LATENT_HEAD.replace(DISTANCES, DISTANCES + "Pixels: the classifier's input as it is.\n");

  @Test
  void putsClassifiersInColumnsAndTheLimitFirst() {
    RobustnessGap lenet =
        gap(
            "cifar10-lenet",
            512,
            512,
            0,
            Map.of(
                Space.LATENT,
                new SpaceGap(
                    Kind.EXACT,
                    9.975,
                    512,
                    0,
                    0,
                    List.of(
                        new QuantileGap(
                            0.25, 0.015837, 0.0155, 0.0163, 0.00602, 0.0052, 0.007, 2.63, 2.26,
                            3.05))),
                Space.UNCONSTRAINED,
                new SpaceGap(
                    Kind.ESTIMATED,
                    27.0,
                    500,
                    12,
                    0,
                    List.of(
                        new QuantileGap(
                            0.25, 0.342, 0.31, null, 0.00292, 0.0025, 0.0033, 117., 104., 137.)))));
    RobustnessGap vgg =
        gap(
            "cifar10-vgg",
            512,
            510,
            2,
            Map.of(
                Space.LATENT,
                new SpaceGap(
                    Kind.EXACT,
                    9.975,
                    510,
                    0,
                    2,
                    List.of(
                        new QuantileGap(
                            0.25, 0.016, null, null, 0.00329, 0.00003, null, 4.8, null, null)))));

    assertThat(new GapTable(List.of(lenet, vgg)).render(List.of(0.25), List.of("A note.")))
        .isEqualTo(
            HEAD
                + """
                quantile 0.25    cifar10-lenet        cifar10-vgg
                latent
                  limit          0.0158 exact         0.0160 exact
                  95 % interval  0.0155 to 0.0163     –
                  measured       0.00602              0.00329
                  95 % interval  0.00520 to 0.00700   3.00e-05 to ∞
                  gap ratio      2.63 (2.26 to 3.05)  4.80 (– to ∞)
                  samples        512                  510
                  failures       0                    2
                unconstrained
                  limit          0.342 estimated      –
                  95 % interval  0.310 to ∞           –
                  measured       0.00292              –
                  95 % interval  0.00250 to 0.00330   –
                  gap ratio      117 (104 to 137)     –
                  samples        512 (12 not found)   –
                  failures       0                    –

                samples      cifar10-lenet  cifar10-vgg
                  generated  512            512
                  measured   512            510
                  failed     0              2

                A note.
                """);
  }

  @Test
  void marksAGapRatioBelowOneBeyondItsInterval() {
    SpaceGap violated =
        new SpaceGap(
            Kind.EXACT,
            9.975,
            64,
            0,
            0,
            List.of(
                new QuantileGap(0.25, 0.0158, null, null, 0.02, 0.018, 0.022, 0.79, 0.72, 0.88),
                new QuantileGap(0.5, 0.0364, null, null, 0.04, 0.03, 0.05, 0.91, 0.73, 1.21)));
    GapTable table = new GapTable(List.of(gap("f", 64, 64, 0, Map.of(Space.LATENT, violated))));

    assertThat(table.render(List.of(0.25), List.of()))
        .contains("gap ratio      0.790 (0.720 to 0.880) !\n")
        .endsWith(
            "\n"
                + "! The gap ratio is below 1 beyond its interval: a weak attack, a false"
                + " assumption or too few samples.\n");
    assertThat(table.render(List.of(0.5), List.of()))
        .contains("gap ratio      0.910 (0.730 to 1.21)\n")
        .doesNotContain("!");
  }

  @Test
  void saysOfEachClassifierWhatPixelsAreWhereTheyDiffer() {
    SpaceGap figures = new SpaceGap(null, null, 4, 0, 0, List.of());
    RobustnessGap plain = gap("plain", 4, 4, 0, Map.of(Space.UNCONSTRAINED, figures));
    RobustnessGap levels = of(plain, new PixelSpace(Layout.NHWC, PixelType.UINT8, null, null));

    assertThat(new GapTable(List.of(levels, levels)).render(List.of(), List.of()))
        .contains("\nPixels: NHWC uint8 in [0, 255].\n");
    assertThat(new GapTable(List.of(plain, levels)).render(List.of(), List.of()))
        .containsPattern("  pixels +the classifier's input as it is +NHWC uint8 in \\[0, 255\\]\n")
        .doesNotContain("Pixels:");
  }

  @Test
  void saysWhatFiguresWereMadeWithAndWhyALimitDoesNotApply() {
    SpaceGap largest =
        new SpaceGap(
            null,
            1.0,
            4,
            0,
            0,
            List.of(new QuantileGap(0.25, null, null, null, 0.03, 0.02, 0.04, null, null, null)),
            Norm.LINF,
            "limits are of l2 distances");
    SpaceGap euclidean =
        new SpaceGap(
            Kind.ESTIMATED,
            27.0,
            4,
            0,
            0,
            List.of(new QuantileGap(0.25, 0.3, 0.2, 0.4, 0.03, 0.02, 0.04, 10.0, 5.0, 20.0)));
    SpaceGap unknown = new SpaceGap(null, 1.0, 4, 0, 0, List.of(), null, "nobody said");
    Provenance linf =
        new Provenance(
            "dcgan",
            new AttackPlan(
                List.of(Space.values()),
                new Algorithm.BoundaryDescent(Effort.FAST),
                Norm.LINF,
                null));
    RobustnessGap one =
        of(gap("f", 4, 4, 0, Map.of(Space.UNCONSTRAINED, largest)), null, linf, "cpu");
    RobustnessGap other =
        of(
            gap("h", 4, 4, 0, Map.of(Space.UNCONSTRAINED, euclidean)),
            null,
            new Provenance("dcgan", AttackPlan.standard()),
            "cuda");
    RobustnessGap older = gap("o", 4, 4, 0, Map.of(Space.UNCONSTRAINED, unknown));

    assertThat(new GapTable(List.of(one)).render(List.of(0.25), List.of()))
        .startsWith(
            "Distances by ℓ∞, not normalised; 95 % intervals.\n"
                + "Attack: boundary-descent fast, linf, images of dcgan, cpu.\n")
        .contains("  limit          not applicable\n", "  measured       0.0300\n")
        .contains("  gap ratio      –\n")
        .doesNotContain("Limit: no classifier", "No limit on images")
        .endsWith("\nNot applicable, unconstrained: limits are of l2 distances.\n");
    assertThat(new GapTable(List.of(one, other, older)).render(List.of(0.25), List.of()))
        .startsWith("Distances by the norm in their column, normalised if ℓ2; 95 % intervals.\n")
        .containsPattern("  norm +ℓ∞ +ℓ2 +an unknown norm\n")
        .containsPattern(
            "  attack +boundary-descent fast, linf, images of dcgan, cpu +boundary-descent"
                + " standard, l2, images of dcgan, cuda +unknown\n")
        .doesNotContain("Attack:")
        .contains("Not applicable, unconstrained: nobody said.\n");
    assertThat(new GapTable(List.of(older)).render(List.of(0.25), List.of()))
        .startsWith("Distances by an unknown norm, not normalised; 95 % intervals.\n");
  }

  @Test
  void saysWhichVersionFiguresAreOfAndWhatWasFoundByQueriesAlone() {
    SpaceGap latent = new SpaceGap(null, null, 4, 0, 0, List.of());
    ModelIdentity model = new ModelIdentity("2", "0b".repeat(32), null);
    RobustnessGap asked =
        of(
            gap("f", 12, 12, 0, Map.of(Space.LATENT, latent)),
            null,
            new Provenance("dcgan", AttackPlan.standard(), model, Access.LABELS),
            "cpu",
            8L,
            List.of(
                new VersionFigure(null, 8, 0L, 7L, Map.of()),
                new VersionFigure(model, 4, 8L, 11L, Map.of())));

    assertThat(new GapTable(List.of(asked)).render(List.of(0.25), List.of()))
        .contains("Attack: boundary-descent standard, l2, images of dcgan, by labels alone, cpu.\n")
        .containsPattern("  version +version 2, sha256 0b0b0b0b0b0b\n  of it +4\n")
        .endsWith("distances are upper bounds, and so gap ratios are lower estimates.\n");
    assertThat(new GapTable(List.of(gap("g", 4, 4, 0, Map.of()))).render(List.of(0.25), List.of()))
        .doesNotContain("version", "lower estimates");
  }

  @Test
  void saysWhyThereIsNoLimitOnImagesWithoutSmoothness() {
    SpaceGap latent = new SpaceGap(Kind.EXACT, 9.975, 4, 0, 0, List.of());
    SpaceGap unknown = new SpaceGap(null, null, 4, 0, 0, List.of());

    assertThat(render(8L, null, Map.of(Space.LATENT, latent, Space.UNCONSTRAINED, unknown)))
        .contains("  limit          –\n", "Limit: no classifier can be more robust.")
        .endsWith(
            "\n"
                + "No limit on images: nothing is known of how far the generator moves them, nor of"
                + " E‖g(z)‖; a campaign asks for both with a smoothness section.\n");
    assertThat(render(null, null, Map.of(Space.UNCONSTRAINED, unknown)))
        .as("limits are still to come")
        .doesNotContain("smoothness");
    assertThat(render(8L, null, Map.of(Space.LATENT, latent))).doesNotContain("smoothness");
  }

  private static String render(
      Long limitSamples, Long smoothnessSamples, Map<Space, SpaceGap> spaces) {
    RobustnessGap gap =
        new RobustnessGap(
            new StreamId("demo", "f"),
            new Window(0, 4),
            4,
            4,
            0,
            1.5,
            10,
            20,
            limitSamples,
            smoothnessSamples,
            spaces);
    return new GapTable(List.of(gap)).render(List.of(0.25), List.of());
  }

  private static RobustnessGap of(RobustnessGap gap, PixelSpace pixels) {
    return of(gap, pixels, null, null);
  }

  private static RobustnessGap of(
      RobustnessGap gap, PixelSpace pixels, Provenance provenance, String engine) {
    return of(gap, pixels, provenance, engine, null, List.of());
  }

  private static RobustnessGap of(
      RobustnessGap gap,
      PixelSpace pixels,
      Provenance provenance,
      String engine,
      Long ofOtherProvenance,
      List<VersionFigure> versions) {
    return new RobustnessGap(
        gap.stream(),
        gap.window(),
        gap.generated(),
        gap.measured(),
        gap.failed(),
        gap.attackSeconds(),
        gap.gradients(),
        gap.forwards(),
        null,
        null,
        gap.spaces(),
        List.of(),
        pixels,
        provenance,
        engine == null ? List.of() : List.of(engine),
        ofOtherProvenance,
        List.of(),
        Map.of(),
        List.of(),
        versions,
        null);
  }

  @Test
  void tellsUnknownFromUnbounded() {
    SpaceGap oneClass =
        new SpaceGap(
            Kind.EXACT,
            9.975,
            3,
            61,
            0,
            List.of(new QuantileGap(0.25, null, null, null, null, 0.3, null, null, null, null)));
    SpaceGap nothingYet = new SpaceGap(null, null, 0, 0, 0, List.of());

    assertThat(
            new GapTable(
                    List.of(
                        gap("one-class", 64, 64, 0, Map.of(Space.LATENT, oneClass)),
                        gap("new", 64, 0, 0, Map.of(Space.LATENT, nothingYet))))
                .render(List.of(0.25), List.of()))
        .isEqualTo(
            LATENT_HEAD
                + """
                quantile 0.25    one-class          new
                latent
                  limit          ∞ exact            –
                  95 % interval  –                  –
                  measured       ∞                  –
                  95 % interval  0.300 to ∞         –
                  gap ratio      –                  –
                  samples        64 (61 not found)  0
                  failures       0                  0

                samples      one-class  new
                  generated  64         64
                  measured   64         0
                  failed     0          0
                  in flight  0          64
                """);
  }

  private static RobustnessGap gap(
      String classifier, long generated, long measured, long failed, Map<Space, SpaceGap> spaces) {
    return new RobustnessGap(
        new StreamId("demo", classifier),
        new Window(0, generated),
        generated,
        measured,
        failed,
        1.5,
        10,
        20,
        null,
        null,
        spaces);
  }
}
