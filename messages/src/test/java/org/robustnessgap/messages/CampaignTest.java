package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final PixelSpace SIGNED =
      new PixelSpace(null, null, new PixelRange(-1, 1), Colour.RGB);
  private static final PixelSpace BYTES = new PixelSpace(null, PixelType.UINT8, null, null);

  /** With classifiers a, b, … that declare these pixels, or none. */
  private static Campaign campaign(PixelSpace... pixels) {
    List<ModelReference> classifiers =
        IntStream.range(0, pixels.length)
            .mapToObj(
                i ->
                    new ModelReference(
                        Character.toString('a' + i),
                        "f.onnx",
                        null,
                        pixels[i] == null ? null : new InputContract(pixels[i], null, null, null)))
            .toList();
    return new Campaign(
        "mixed",
        new GeneratorReference("g", "g.onnx", 8),
        classifiers,
        new SamplingPlan(1, null, null, 32, 64, 4, 60),
        AttackPlan.standard(),
        null,
        null,
        List.of(0.25));
  }

  @Test
  void classifiersOfTheSamePixels() {
    PixelSpace silent = new PixelSpace(null, null, new PixelRange(-1, 1), null);
    PixelSpace planes = new PixelSpace(Layout.NCHW, null, new PixelRange(-1, 1), null);

    assertThat(campaign(SIGNED, null, silent, planes).classifiers()).hasSize(4);
    assertThat(campaign(null, null).classifiers()).hasSize(2);
  }

  private static Campaign campaign(GeneratorReference generator) {
    return new Campaign(
        "photos",
        generator,
        List.of(new ModelReference("f", "f.onnx")),
        new SamplingPlan(1, null, null, 32, 64, 4, 60),
        AttackPlan.standard(),
        null,
        null,
        List.of(0.25));
  }

  private static Campaign ofImages(
      GeneratorReference generator, List<Space> spaces, SmoothnessPlan smoothness) {
    return new Campaign(
        "photos",
        generator,
        List.of(new ModelReference("f", "f.onnx")),
        new SamplingPlan(1, null, null, 32, 64, 4, 60),
        AttackPlan.of(spaces, Algorithm.BoundaryDescent.standard()),
        smoothness,
        null,
        List.of(0.25),
        Map.of(),
        List.of(),
        new ImageData("photos", "photos.zip", List.of(3, 4, 5)));
  }

  @Test
  void imagesAreSamplesOfTheIdentity() {
    Campaign campaign = ofImages(null, List.of(Space.UNCONSTRAINED), null);

    assertThat(campaign.source().latentDimension()).isEqualTo(60);
    assertThat(campaign.source().image()).containsExactly(3, 4, 5);
    assertThat(campaign.source().statedDimension()).isZero();
    assertThat(campaign(SIGNED).source().statedDimension()).isEqualTo(8);
  }

  private static Campaign ofTraffic(SamplingPlan sampling, TransferPlan transfer) {
    return new Campaign(
        "live",
        null,
        List.of(new ModelReference("f", "f.onnx")),
        sampling,
        AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
        null,
        transfer,
        List.of(0.25),
        Map.of(),
        List.of(),
        new ImageData("seen", null, List.of(3, 4, 5), topic("PT1H", null, null)));
  }

  private static TrafficTopic topic(String window, String servers, String properties) {
    return new TrafficTopic("t", RecordFormat.IMAGE, window, null, servers, properties, null);
  }

  @Test
  void liveTrafficHasWindowsInPlaceOfARate() {
    SamplingPlan plan = new SamplingPlan(1, null, null, 32, 64, 4, 60);
    assertThat(ofTraffic(plan, null).source().location()).isEqualTo("topic t");
    assertThat(ofTraffic(plan, null).endingAt(70).sampling().windowOf(64))
        .isEqualTo(new Window(1, 6));
    assertThatThrownBy(() -> ofTraffic(new SamplingPlan(1, null, 5.0, 32, 64, 4, 60), null))
        .hasMessageContaining("leave samples_per_second out");
    assertThatThrownBy(() -> ofTraffic(new SamplingPlan(1, null, null, 1, 5000, 4, 60), null))
        .hasMessageContaining("lower window_samples");
    assertThatThrownBy(
            () -> ofTraffic(plan, TransferPlan.of(8, Effort.FAST, List.of(Space.UNCONSTRAINED))))
        .hasMessageContaining("leave transfer out");
  }

  @Test
  void aTopicSaysWhereItIsOnceAndNeverWithCredentials() {
    assertThat(topic("PT15M", "a:9092", null).length()).hasMinutes(15);
    assertThat(topic("PT15M", null, null).rate()).isEqualTo(100);
    for (String window : List.of("PT0.5S", "an hour", "-PT1H")) {
      assertThatThrownBy(() -> topic(window, null, null))
          .hasMessageContaining("must be a time of at least a second");
    }
    assertThatThrownBy(() -> topic("PT1H", "a:9092", "a.properties"))
        .hasMessageContaining("so that credentials go to no other servers");
    for (String file : List.of("../a.properties", "/etc/a", "a/b")) {
      assertThatThrownBy(() -> topic("PT1H", null, file)).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(
            () -> new TrafficTopic("a b", RecordFormat.IMAGE, "PT1H", null, null, null, null))
        .hasMessageContaining("can be no topic");
    assertThatThrownBy(
            () -> new TrafficTopic("t", RecordFormat.IMAGE, "PT1H", "x", null, null, null))
        .hasMessageContaining("have no inputs");
    assertThatThrownBy(
            () -> new ImageData("seen", "photos.zip", List.of(1), topic("PT1H", null, null)))
        .hasMessageContaining("both images and a topic");
    assertThatThrownBy(() -> new ImageData("seen", null, List.of(1), null))
        .hasMessageContaining("neither images nor a topic");
    assertThatThrownBy(
            () -> new ImageData("seen", null, List.of(1), topic("PT1H", null, null)).files())
        .hasMessageContaining("which only the services read");
  }

  @Test
  void imagesHaveNeitherGeneratorNorLatentSpace() {
    assertThatThrownBy(
            () ->
                ofImages(
                    new GeneratorReference("g", "g.onnx", 8), List.of(Space.UNCONSTRAINED), null))
        .hasMessageContaining("has both a generator and data");
    // As a generator the identity would have a latent limit, which holds for no image.
    GeneratorReference identity = ofImages(null, List.of(Space.UNCONSTRAINED), null).source();
    assertThatThrownBy(() -> campaign(identity))
        .hasMessageContaining("has a shape of images, which only data have");
    for (Space space : List.of(Space.LATENT, Space.IN_DISTRIBUTION)) {
      assertThatThrownBy(() -> ofImages(null, List.of(Space.UNCONSTRAINED, space), null))
          .hasMessageContaining("there is no " + space + " space to search");
    }
    assertThatThrownBy(
            () -> ofImages(null, List.of(Space.UNCONSTRAINED), SmoothnessPlan.standard(8)))
        .hasMessageContaining("smoothness is a generator's");
  }

  @Test
  void classifiersOfDifferentPixelsAreRefused() {
    assertThatThrownBy(() -> campaign(null, SIGNED, PixelSpace.STANDARD))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "are RGB float in [-1, 1] for classifier b, but float in [0, 1] for c")
        .hasMessageContaining("make a campaign for each");
    for (PixelSpace[] pair :
        new PixelSpace[][] {
          {PixelSpace.STANDARD, BYTES},
          {PixelSpace.STANDARD, new PixelSpace(null, PixelType.UINT8, new PixelRange(0, 1), null)},
          {SIGNED, new PixelSpace(null, null, SIGNED.range(), Colour.BGR)},
          {
            new PixelSpace(Layout.NHWC, null, null, null),
            new PixelSpace(Layout.NCHW, null, null, null)
          },
        }) {
      assertThatThrownBy(() -> campaign(pair))
          .as(Arrays.toString(pair))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void aPlanStandsWhereItsKindSays() throws IOException {
    ObjectNode json = (ObjectNode) Json.mapper().readTree(Json.write(campaign(SIGNED)));
    assertThat(json.has("jobs")).as("unless there are some").isFalse();
    assertThat(campaign(SIGNED).plan(JobKind.ATTACK)).contains(AttackPlan.standard());
    assertThat(campaign(SIGNED).plan(JobKind.TRANSFER)).isEmpty();

    assertThatThrownBy(() -> withJobs(json, "flattery"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "'flattery' is no kind of job ("
                + JobKind.ALL.stream()
                    .map(JobKind::label)
                    .sorted()
                    .collect(Collectors.joining(", "))
                + ")");
    assertThatThrownBy(() -> withJobs(json, "transfer"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the plan of transfer jobs of campaign mixed")
        .hasMessageContaining("as a section of its own");
  }

  private static Campaign withJobs(ObjectNode campaign, String kind) throws IOException {
    campaign
        .putObject("jobs")
        .putObject(kind)
        .put("samples", 4)
        .put("batch_size", 2)
        .put("effort", "fast");
    return Json.read(Json.mapper().writeValueAsBytes(campaign), Campaign.class);
  }
}
