package org.robustnessgap.aggregator.service;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.io.IOException;
import java.io.InputStream;
import org.robustnessgap.aggregator.view.GapsView;
import org.robustnessgap.messages.Json;

/** The page at {@code /} and its data. */
@Controller
final class PageController {
  // One file that loads nothing from elsewhere: the policy lets a browser hold us to it.
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
          + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

  private final LatestSnapshot latest;
  private final byte[] page;

  PageController(LatestSnapshot latest) throws IOException {
    this.latest = latest;
    try (InputStream resource = PageController.class.getResourceAsStream("page.html")) {
      this.page = resource.readAllBytes();
    }
  }

  @Get(uri = "/", produces = MediaType.TEXT_HTML)
  HttpResponse<byte[]> page() {
    return HttpResponse.ok(page)
        .contentType("text/html; charset=utf-8")
        .header("Content-Security-Policy", POLICY)
        .header("Cache-Control", "no-cache");
  }

  @Get(uri = "/api/gaps", produces = MediaType.APPLICATION_JSON)
  HttpResponse<byte[]> gaps() {
    Snapshot snapshot = latest.get();
    return HttpResponse.ok(Json.write(GapsView.of(snapshot.state(), snapshot.gaps())))
        .header("Cache-Control", "no-store");
  }
}
