package org.robustnessgap.serving.fake;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.robustnessgap.messages.Endpoint;
import org.robustnessgap.messages.Json;

/** Endpoints as a campaign file states them. */
public final class Endpoints {
  private Endpoints() {}

  /**
   * @param format of the fields in JSON, with ' for "
   */
  public static Endpoint of(String format, Object... values) {
    String json = String.format(Locale.ROOT, format, values).replace('\'', '"');
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Endpoint.class);
  }
}
