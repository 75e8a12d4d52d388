package org.robustnessgap.aggregator.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.Json;

class PageTest {
  @AutoClose private static final PageHarness harness = new PageHarness(-1);
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void thePageIsOneFileThatLoadsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = get("/");
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'");
    assertThat(page.body()).startsWith("<!doctype html>").contains("Robustness Gap");
    assertThat(page.body().replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write");
  }

  @Test
  void theDataAreThoseOfTheLatestState() throws Exception {
    State state = PageHarness.withTrouble();
    harness.show(state);
    HttpResponse<String> response = get("/api/gaps");
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/json");
    JsonNode campaign = Json.mapper().readTree(response.body()).path("campaigns").path(0);
    assertThat(campaign.path("id").asText()).isEqualTo("cifar10-dcgan");
    assertThat(campaign.path("quantiles")).hasSize(3);
    assertThat(campaign.path("failures")).isNotEmpty();
    JsonNode vgg = campaign.path("classifiers").path(1);
    assertThat(vgg.path("name").asText()).isEqualTo("vgg");
    assertThat(vgg.path("divergent_duplicates").asLong()).isEqualTo(1);
    JsonNode quantile = vgg.at("/gap/spaces/in-distribution/quantiles/1");
    assertThat(quantile.path("gap_ratio").asDouble()).isPositive();
    JsonNode samples = vgg.path("progress").path("samples");
    assertThat(samples.path("generated").asLong())
        .isEqualTo(
            samples.path("measured").asLong()
                + samples.path("failed").asLong()
                + samples.path("in_flight").asLong());
    JsonNode pair = campaign.path("pairs").path(0);
    assertThat(campaign.path("pairs")).hasSize(6);
    assertThat(pair.path("pair").asText()).isEqualTo("cifar10-dcgan/lenet~vgg");
    assertThat(pair.at("/spaces/latent/both/quantiles/1/measured").asDouble()).isPositive();
    assertThat(pair.at("/spaces/latent/second_on_first/fooled").asLong()).isEqualTo(2);
    assertThat(vgg.at("/curves/latent/measured").size()).isBetween(100, 200);
    assertThat(vgg.at("/curves/latent/limit").size()).isEqualTo(200);
  }

  @Test
  void metricsAreServedAndHealthSaysThatNothingRunsYet() throws Exception {
    harness.show(PageHarness.halfDone());
    assertThat(get("/metrics").body()).contains("robustness_gap_ratio{");
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(harness.url(path))).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
