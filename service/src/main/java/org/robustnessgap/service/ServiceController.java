package org.robustnessgap.service;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** What Kubernetes and Prometheus ask of every service. */
@Controller
final class ServiceController {
  private final ServiceLoop loop;
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  ServiceController(ServiceLoop loop, PrometheusRegistry registry) {
    this.loop = loop;
    this.registry = registry;
  }

  @Get(uri = "/health/live", produces = MediaType.TEXT_PLAIN)
  HttpResponse<String> live() {
    return answer(loop.live(), "live");
  }

  @Get(uri = "/health/ready", produces = MediaType.TEXT_PLAIN)
  HttpResponse<String> ready() {
    return answer(loop.ready(), "ready");
  }

  // Any Accept header is served: with a narrower type, an OpenMetrics scraper would be refused.
  @Get(uri = "/metrics", produces = MediaType.ALL)
  HttpResponse<byte[]> metrics(HttpRequest<?> request) throws IOException {
    ExpositionFormatWriter writer = formats.findWriter(request.getHeaders().get("Accept"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out, registry.scrape());
    return HttpResponse.ok(out.toByteArray()).header("Content-Type", writer.getContentType());
  }

  private static HttpResponse<String> answer(boolean good, String state) {
    return good
        ? HttpResponse.ok(state)
        : HttpResponse.<String>status(HttpStatus.SERVICE_UNAVAILABLE).body("not " + state);
  }
}
