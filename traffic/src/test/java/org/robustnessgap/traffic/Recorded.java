package org.robustnessgap.traffic;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.robustnessgap.data.ImageForm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.RecordFormat;
import org.robustnessgap.messages.TrafficTopic;
import org.robustnessgap.traffic.format.RecordContent;

/**
 * Records as the libraries write them that production uses; peers/traffic/record.py made the files,
 * and says by which versions.
 */
final class Recorded {
  private Recorded() {}

  static RecordContent of(String name) {
    Map<String, byte[]> headers = new TreeMap<>();
    if (resource(name + ".headers") != null) {
      for (String line : new String(bytes(name + ".headers"), StandardCharsets.UTF_8).split("\n")) {
        String[] parts = line.split(": ", 2);
        headers.put(parts[0], parts[1].getBytes(StandardCharsets.UTF_8));
      }
    }
    return RecordContent.of("t", 0, 17, headers, bytes(name + ".value"));
  }

  private static InputStream resource(String file) {
    return Recorded.class.getResourceAsStream("/records/" + file);
  }

  private static byte[] bytes(String file) {
    try (InputStream in = resource(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pixels of the two images in them: level 7i modulo 256 of 255. */
  static float[] pixels(int image) {
    float[] pixels = new float[18];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (18 * image + i) * 7 % 256 / 255f;
    }
    return pixels;
  }

  static ImageForm form() {
    return ImageForm.of(List.of(3L, 2L, 3L), PixelSpace.STANDARD);
  }

  static TrafficReader reader(RecordFormat format) {
    return reader(format, null);
  }

  static TrafficReader reader(RecordFormat format, String input) {
    return new TrafficReader(
        new TrafficTopic("t", format, "PT1H", input, null, null, null), form());
  }
}
