package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputContractTest {
  private static InputContract read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), InputContract.class);
  }

  @Test
  void whatIsLeftOutIsStandard() {
    assertThat(read("{}")).isEqualTo(new InputContract(null, null, null, null));
    assertThat(read("{}").pixels().range()).isEqualTo(new PixelRange(0, 1));
    assertThat(read("{}").pixels().describe()).isEqualTo("float in [0, 1]");
    Resize resize = read("{\"resize\": {\"size\": [8]}}").resize();
    assertThat(resize.interpolation()).isEqualTo(Interpolation.BILINEAR);
    assertThat(resize.antialias()).isTrue();
  }

  @Test
  void bytesRangeTo255() {
    PixelSpace bytes = read("{\"pixels\": {\"type\": \"uint8\", \"layout\": \"nhwc\"}}").pixels();
    assertThat(bytes.describe()).isEqualTo("NHWC uint8 in [0, 255]");
    PixelSpace stated = new PixelSpace(null, PixelType.UINT8, new PixelRange(-1, 0.5), Colour.BGR);
    assertThat(stated.describe()).isEqualTo("BGR uint8 in [-1, 0.5]");
  }

  @Test
  void theShorterSideIsStatedOrBoth() {
    Resize shorter = new Resize(List.of(256), null, null);
    assertThat(shorter.of(300, 399)).containsExactly(256, 340);
    assertThat(shorter.of(399, 300)).containsExactly(340, 256);
    assertThat(shorter.of(32, 32)).containsExactly(256, 256);
    assertThat(new Resize(List.of(10, 20), null, null).of(300, 400)).containsExactly(10, 20);
  }

  @Test
  void aMeanMustSayOfWhichRange() {
    String mean = "\"model\": {\"mean\": [0.5]}";
    String signed = "\"pixels\": {\"range\": {\"lower\": -1, \"upper\": 1}}";
    assertThat(read("{" + mean + "}").model().mean()).containsExactly(0.5);
    assertThatThrownBy(() -> read("{" + signed + ", " + mean + "}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("name the model's range too");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    for (String json :
        List.of(
            "{\"pixels\": {\"layout\": \"CHWN\"}}",
            "{\"pixels\": {\"colour\": \"CMYK\"}}",
            "{\"pixels\": {\"range\": {\"lower\": 1, \"upper\": 1}}}",
            "{\"resize\": {}}",
            "{\"resize\": {\"size\": []}}",
            "{\"resize\": {\"size\": [1, 2, 3]}}",
            "{\"resize\": {\"size\": [8], \"interpolation\": \"lanczos\"}}",
            "{\"crop\": [0]}",
            "{\"crop\": [8], \"crop_rounding\": \"up\"}",
            "{\"crop_rounding\": \"down\"}",
            "{\"model\": {\"mean\": []}}",
            "{\"model\": {\"std\": [0]}}")) {
      assertThatThrownBy(() -> read(json)).as(json).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> read("{\"resize\": {\"size\": [8], \"interpolation\": \"area\"}}"))
        .hasMessageContaining(
            "no interpolation 'area'; choose among nearest, bilinear, bicubic, catmull-rom");
  }
}
