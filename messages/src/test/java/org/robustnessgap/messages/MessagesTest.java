package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
  @Test
  void windowsAreFullExceptTheLastOfABoundedCampaign() {
    SamplingPlan bounded = new SamplingPlan(0, 20L, null, 4, 8, 1, 1);
    assertThat(bounded.windowOf(0)).isEqualTo(new Window(0, 8));
    assertThat(bounded.windowOf(7)).isEqualTo(new Window(0, 8));
    assertThat(bounded.windowOf(8)).isEqualTo(new Window(1, 8));
    assertThat(bounded.windowOf(19)).isEqualTo(new Window(2, 4));
    SamplingPlan continuous = new SamplingPlan(0, null, null, 4, 8, 1, 1);
    assertThat(continuous.windowOf(19)).isEqualTo(new Window(2, 8));
    assertThat(SamplingPlan.bounded(0, 100, 64).windowOf(99)).isEqualTo(new Window(0, 100));
  }

  @Test
  void aWindowHoldsWholeBatches() {
    assertThatThrownBy(() -> new SamplingPlan(0, null, null, 4, 10, 1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("not a multiple of the batch size 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oip+http://me:hunter2@host/v2/models/m",
        "oip+grpcs://hunter2@ho_st:1/v2/models/m",
        "https://host/invocations?token=hunter2",
        "http://host/invocations#hunter2"
      })
  void aLocationThatMayHoldASecretIsRefusedAndNotRepeated(String location) {
    assertThatThrownBy(() -> new ModelReference("m", location))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("as the endpoint's credentials")
        .hasMessageNotContaining("hunter2");
    String json = "{\"name\":\"m\",\"location\":\"" + location + "\"}";
    assertThatThrownBy(() -> Json.read(json.getBytes(StandardCharsets.UTF_8), ModelReference.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("as the endpoint's credentials")
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a@b.onnx", "what?.onnx", "models:/m@champion", "https://host/a@b/invocations"})
  void otherLocationsAreNone(String location) {
    assertThat(new ModelReference("m", location).location()).isEqualTo(location);
  }

  @Test
  void jobIdsAreWrittenAndRead() {
    JobId id = new JobId("c-1", JobKind.SMOOTHNESS, "dc.gan", 640);
    assertThat(id).hasToString("c-1/smoothness/dc.gan/640");
    assertThat(JobId.parse(id.toString())).isEqualTo(id);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "/",
        "c/attack/a",
        "c/attack/a/-1",
        "c/attack/a/x",
        "c/ATTACK/a/0",
        "c/attack/a/0/0",
        "/attack/a/0",
        "c/attack/a/99999999999999999999",
        "c/attack/a~b/0",
        "c/transfer/a/0",
        "c/transfer/b~a/0",
        "c d/attack/a/0"
      })
  void whatIsNoJobIdIsRefused(String text) {
    assertThatThrownBy(() -> JobId.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aPairHasOneNameWhicheverWayItIsNamed() {
    PairId pair = PairId.of("c", "vgg", "lenet");
    assertThat(pair).isEqualTo(PairId.of("c", "lenet", "vgg")).hasToString("c/lenet~vgg");
    assertThat(PairId.parse("c/lenet~vgg")).isEqualTo(pair);
    JobId id = new JobId("c", JobKind.TRANSFER, pair.subject(), 8);
    assertThat(id).hasToString("c/transfer/lenet~vgg/8");
    assertThat(JobId.parse(id.toString()).pair()).isEqualTo(pair);
    assertThat(pair)
        .isLessThan(PairId.of("c", "lenet", "wrn"))
        .isLessThan(PairId.of("d", "a", "b"));
  }

  @Test
  void everyPairOfACampaignIsNamedOnce() {
    assertThat(PairId.allOf((Campaign) Golden.CAMPAIGN.message))
        .containsExactly(new PairId("cifar10", "lenet", "vgg"));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "c", "c/a", "c/a~", "c/b~a", "c/a~a", "c/a~b~c", "c/a~b/0", "/a~b"})
  void whatIsNoPairIsRefused(String text) {
    assertThatThrownBy(() -> PairId.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "c", "c/", "/a", "c/a/0"})
  void whatIsNoStreamIsRefused(String text) {
    assertThatThrownBy(() -> StreamId.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "-a", "a/b", "a b", "ä", "a\n", "{x}"})
  void namesHaveASmallAlphabet(String name) {
    assertThatThrownBy(() -> new ModelReference(name, "x.onnx"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model name");
  }

  @Test
  void latentBatchesKeepTheirValues() {
    float[] values = {1, 2, 3, 4};
    LatentBatch batch = new LatentBatch(0, 2, values);
    values[0] = 9;
    batch.values()[1] = 9;
    assertThat(batch.values()).containsExactly(1, 2, 3, 4);
    assertThat(batch.count()).isEqualTo(2);
    assertThatThrownBy(() -> new LatentBatch(0, 3, values))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no whole number of rows");
    assertThatThrownBy(() -> new LatentBatch(0, 1, new float[] {Float.NaN}))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void limitsCountEachLabelOnce() {
    StreamId stream = new StreamId("c", "a");
    for (List<Long> counts :
        List.of(List.of(5L, 4L), List.of(11L, -1L), List.of(Long.MAX_VALUE, Long.MAX_VALUE, 12L))) {
      assertThatThrownBy(() -> new TheoreticalLimits(stream, 10, counts, null, Map.of()))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  void smoothnessIsExaminedOnNoMoreSamplesThanAServiceHolds() {
    assertThat(SmoothnessPlan.standard(100_000).samples()).isEqualTo(100_000);
    assertThatThrownBy(() -> SmoothnessPlan.standard(100_001))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("smoothness samples is 100001 but must be at most 100000");
  }

  @Test
  void radiiArePositiveAndAscend() {
    JobId id = new JobId("c", JobKind.SMOOTHNESS, "g", 0);
    List<SmoothnessResult.Sample> samples =
        List.of(new SmoothnessResult.Sample(0, 1, List.of(1.0, 2.0)));
    for (List<Double> radii :
        List.of(List.of(-1.0, 0.3), List.of(0.0, 0.3), List.of(0.3, 0.3), List.of(0.3, 0.1))) {
      assertThatThrownBy(() -> new SmoothnessPlan(radii, 1, 1, 1, 1))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("positive and ascending");
      assertThatThrownBy(() -> new SmoothnessResult(id, radii, "w", "e", 1, samples, null))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("positive and ascending");
    }
  }

  @Test
  void limitsRestOnSomeSmoothnessSamplesOrOnNone() {
    StreamId stream = new StreamId("c", "a");
    List<Long> counts = List.of(5L, 5L);
    assertThat(new TheoreticalLimits(stream, 10, counts, null, Map.of()).smoothnessSamples())
        .isNull();
    assertThatThrownBy(() -> new TheoreticalLimits(stream, 10, counts, 0L, Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("smoothness samples of c/a");
  }

  @Test
  void reasonsFitALine() {
    InvalidInputException e = new InvalidInputException("a\nb\r\n\tc" + "d".repeat(5000));
    assertThat(e.getMessage()).startsWith("a b c").hasSize(1000).endsWith("…");
  }
}
