package org.robustnessgap.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.messages.RecordFormat.CLOUD_EVENTS;
import static org.robustnessgap.messages.RecordFormat.IMAGE;
import static org.robustnessgap.messages.RecordFormat.OPEN_INFERENCE;
import static org.robustnessgap.messages.RecordFormat.TRAFFIC_SAMPLES;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.data.FittedImage;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.traffic.format.RecordContent;

/** Records of real libraries, format by format. */
class TrafficReaderTest {
  /** What float16 leaves of a number below 1. */
  private static final Offset<Float> HALF = Offset.offset(5e-4f);

  private static final Offset<Float> SINGLE = Offset.offset(1e-7f);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oip-raw-fp32",
        "oip-raw-fp16",
        "oip-raw-uint8-nhwc",
        "oip-raw-bytes",
        "oip-contents-fp32",
        "oip-contents-fp64",
        "oip-contents-uint8",
        "oip-contents-bytes",
        "oip-schema-registry"
      })
  void requestsOfSeldonInProtobuf(String name) {
    requireBothImages(OPEN_INFERENCE, name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ce-binary-flat",
        "ce-binary-nested",
        "ce-binary-binary-tensor",
        "ce-structured-flat",
        "ce-structured-nested",
        "ce-structured-binary-tensor",
        "ce-python-binary",
        "ce-python-structured"
      })
  void eventsOfKServe(String name) {
    requireBothImages(CLOUD_EVENTS, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-binary-base64", "ce-structured-base64"})
  void eventsWithPictures(String name) {
    requireFirstImage(CLOUD_EVENTS, name, "t/0/17");
  }

  @Test
  void samplesOfOurOwn() {
    requireFirstImage(TRAFFIC_SAMPLES, "sample-uint8", "camera-3/17");
    requireBothImages(TRAFFIC_SAMPLES, "sample-fp32");
  }

  @Test
  void pictures() {
    requireFirstImage(IMAGE, "image-png", "t/0/17");
    FittedImage jpeg = Recorded.reader(IMAGE).read(Recorded.of("image-jpeg")).images().get(0);
    for (int i = 0; i < 18; i++) {
      assertThat(jpeg.values()[i])
          .isCloseTo(new float[] {200, 100, 50}[i / 6] / 255, Offset.offset(0.02f));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-binary-answer", "ce-structured-answer"})
  void answersAreNoRequestsAndNotRefused(String name) {
    Reading reading = Recorded.reader(CLOUD_EVENTS).read(Recorded.of(name));

    assertThat(reading).isInstanceOf(Reading.Answer.class);
    assertThat(reading.images()).isEmpty();
    assertThat(reading.refusal()).isNull();
  }

  @Test
  void oneOfSeveralInputsHasToBeNamed() {
    RecordContent two = Recorded.of("oip-two-inputs");

    assertThat(Recorded.reader(OPEN_INFERENCE, "image").read(two).images()).hasSize(2);
    assertThat(Recorded.reader(OPEN_INFERENCE).read(two).refusal().reason())
        .isEqualTo(
            "Record t/0/17: The request has inputs threshold, image; name the one of the images (input).");
    assertThat(Recorded.reader(OPEN_INFERENCE, "picture").read(two).refusal().reason())
        .endsWith("The request has no input picture, but threshold, image; correct its name.");
    assertThat(Recorded.reader(OPEN_INFERENCE, "threshold").read(two).refusal().reason())
        .contains("has shape [1], but images of [3, 2, 3] are wanted");
  }

  /** Each recorded form, read as each other one. */
  @ParameterizedTest
  @CsvSource({
    "ce-binary-flat, CLOUD_EVENTS",
    "ce-structured-flat, CLOUD_EVENTS",
    "oip-raw-fp32, OPEN_INFERENCE",
    "image-png, IMAGE",
    "sample-uint8, TRAFFIC_SAMPLES"
  })
  void anotherFormatIsRefusedAndNamed(String name, RecordFormat own) {
    for (RecordFormat declared : RecordFormat.values()) {
      if (declared != own) {
        assertThat(Recorded.reader(declared).read(Recorded.of(name)).refusal().reason())
            .startsWith("Record t/0/17")
            .endsWith(" It seems to be " + own + ", but the campaign says " + declared + ".");
      }
    }
  }

  @Test
  void whatIsNoRequestIsRefusedWithTheReason() {
    refused(OPEN_INFERENCE, Recorded.of("oip-answer"), "holds no values");
    refused(CLOUD_EVENTS, Recorded.of("ce-binary-v1"), "protocol V1");
    refused(CLOUD_EVENTS, json("{}"), "neither a header ce_specversion nor a content-type");
    refused(OPEN_INFERENCE, json(""), "is empty");
    refused(OPEN_INFERENCE, json("{\"inputs\": []}"), "no ModelInferRequest");
    refused(IMAGE, json("GIF?"), "is no PNG");
    refused(TRAFFIC_SAMPLES, json("{}"), "shape");
  }

  @Test
  void anEventOfAnotherTypeIsRefusedByIt() {
    Map<String, String> headers =
        Map.of("ce_specversion", "1.0", "ce_type", "a.b", "ce_id", "1", "ce_source", "/");
    refused(CLOUD_EVENTS, new RecordContent("t", 0, 17, headers, new byte[] {1}), "of type a.b;");
    refused(
        CLOUD_EVENTS,
        new RecordContent("t", 0, 17, Map.of("ce_specversion", "9"), new byte[] {1}),
        "no valid CloudEvent");
  }

  /** Bodies by hand, for what no library sends. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"inputs\":3}|has no inputs",
        "{\"inputs\":[3]}|no list of objects",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[3,2,3],\"datatype\":\"FP32\"}]}|holds no numbers",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"data\":[null]}]}|holds value_null",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"BF16\",\"data\":[1]}]}|'BF16'",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"UINT8\",\"data\":[1.5]}]}|holds 1.5",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"UINT8\",\"data\":[\"a\"]}]}|no numbers",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[3,2,3],\"datatype\":\"FP32\",\"data\":[1]}]}|8 bytes",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"BYTES\",\"data\":[\"?\"]}]}|no base64",
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":9}}]}|ends before",
        "{\"inputs\":[{\"name\":\"x\"|no valid JSON from byte 22 on",
        "[1]|no JSON object"
      })
  void badBodiesAreRefused(String body, String reason) {
    Map<String, String> headers =
        Map.of(
            "ce_specversion", "1.0",
            "ce_type", "org.kubeflow.serving.inference.request",
            "ce_id", "1",
            "ce_source", "/",
            "content-type", "application/json");
    refused(
        CLOUD_EVENTS,
        new RecordContent("t", 0, 17, headers, body.getBytes(StandardCharsets.UTF_8)),
        reason);
  }

  /** Cut, and with any byte changed, a record is read or refused, and nothing else. */
  @ParameterizedTest
  @EnumSource
  void brokenBytesDoNoHarm(RecordFormat format) {
    List<String> names =
        Map.of(
                OPEN_INFERENCE, List.of("oip-raw-bytes", "oip-contents-uint8"),
                CLOUD_EVENTS, List.of("ce-structured-flat", "ce-binary-binary-tensor"),
                IMAGE, List.of("image-png", "image-jpeg"),
                TRAFFIC_SAMPLES, List.of("sample-fp32"))
            .get(format);
    Random random = new Random(1);
    for (String name : names) {
      RecordContent whole = Recorded.of(name);
      for (int i = 0; i < whole.value().length; i++) {
        byte[] cut = Arrays.copyOf(whole.value(), i);
        byte[] changed = whole.value().clone();
        changed[i] = (byte) random.nextInt();
        for (byte[] value : List.of(cut, changed)) {
          Reading reading =
              Recorded.reader(format).read(new RecordContent("t", 0, 17, whole.headers(), value));
          assertThat(reading.images().isEmpty() && reading.refusal() == null)
              .as("%s at %d", name, i)
              .isEqualTo(reading instanceof Reading.Answer);
        }
      }
    }
  }

  /** The order of channels is the contract's, whatever that of the request. */
  @Test
  void imagesComeInTheLayoutOfTheCampaign() {
    TrafficReader pixels =
        new TrafficReader(
            new org.robustnessgap.messages.TrafficTopic(
                "t", OPEN_INFERENCE, "PT1H", null, null, null, null),
            ImageForm.of(List.of(2L, 3L, 3L), PixelSpace.STANDARD));

    float[] values = pixels.read(Recorded.of("oip-raw-fp32")).images().get(0).values();

    for (int pixel = 0; pixel < 6; pixel++) {
      for (int channel = 0; channel < 3; channel++) {
        assertThat(values[3 * pixel + channel]).isEqualTo(Recorded.pixels(0)[6 * channel + pixel]);
      }
    }
  }

  private static RecordContent json(String text) {
    return new RecordContent("t", 0, 17, Map.of(), text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(RecordFormat format, RecordContent content, String reason) {
    Reading reading = Recorded.reader(format).read(content);
    assertThat(reading.refusal().reason()).startsWith("Record t/0/17").contains(reason);
    assertThat(reading.images()).isEmpty();
  }

  private static void requireFirstImage(RecordFormat format, String record, String called) {
    List<FittedImage> images = Recorded.reader(format).read(Recorded.of(record)).images();
    assertThat(images).extracting(FittedImage::name).containsExactly(called);
    assertThat(images.get(0).values()).containsExactly(Recorded.pixels(0), SINGLE);
  }

  private static void requireBothImages(RecordFormat format, String record) {
    Reading reading = Recorded.reader(format).read(Recorded.of(record));
    assertThat(reading.refusal()).isNull();
    assertThat(reading.images())
        .extracting(FittedImage::name)
        .containsExactly("t/0/17[0]", "t/0/17[1]");
    for (int i = 0; i < 2; i++) {
      assertThat(reading.images().get(i).values())
          .containsExactly(Recorded.pixels(i), record.endsWith("fp16") ? HALF : SINGLE);
    }
  }
}
