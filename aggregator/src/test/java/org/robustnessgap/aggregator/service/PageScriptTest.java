package org.robustnessgap.aggregator.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.Made;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.Access;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Window;

/** The page's script, run on what the service answers. */
class PageScriptTest {
  @AutoClose private static final PageHarness harness = new PageHarness(-1);

  @Test
  void withoutCampaignsItSaysWhatItWaitsFor() throws Exception {
    harness.show(State.empty());
    try (Shown page = new Shown()) {
      assertThat(page.text("main")).contains("No campaign yet");
      assertThat(page.text("status")).contains("connected");
    }
  }

  @Test
  void whatHasNoResultsSaysNothingOfAnAttack() throws Exception {
    harness.show(PageHarness.waiting());
    try (Shown page = new Shown()) {
      assertThat(page.texts("h2")).containsExactly("c");
      assertThat(page.texts("th"))
          .anySatisfy(head -> assertThat(head).contains("lenet").contains("boundary-descent"))
          .anySatisfy(head -> assertThat(head).contains("vgg").doesNotContain("attack"));
      assertThat(page.text("main")).contains("waiting for the limit");
      assertThat(page.text("status")).doesNotContain("does not answer");
    }
  }

  @Test
  void itShowsTheFiguresOfTheData() throws Exception {
    harness.show(PageHarness.withTrouble());
    JsonNode gap =
        Json.mapper()
            .readTree(get("/api/gaps"))
            .at("/campaigns/0/classifiers/1/gap/spaces/in-distribution/quantiles");
    try (Shown page = new Shown()) {
      assertThat(page.text("status")).contains("updated").doesNotContain("does not answer");
      assertThat(page.texts("h2")).containsExactly("cifar10-dcgan", "mnist", "Refused messages");
      assertThat(page.texts("td")).anySatisfy(cell -> shows(cell, gap.path(1)));
      assertThat(page.text("main"))
          .contains("<b>Out of memory</b> & more.")
          .contains("<script>alert(1)</script>")
          .contains("measured robustness exceeds what any classifier can have")
          .contains("Perturbations that fool two classifiers");
      assertThat(page.texts("path")).as("curves").isNotEmpty();

      page.press("q-cifar10-dcgan-0.5");
      assertThat(page.texts("td")).anySatisfy(cell -> shows(cell, gap.path(2)));
    }
  }

  @Test
  void itSaysWhichVersionWasMeasuredAndWhatTheOneBeforeWas() throws Exception {
    StreamId stream = new StreamId("c", "vgg");
    harness.show(Made.replaced(State.empty(), stream, 0.01, List.of(0.25)));
    try (Shown page = new Shown()) {
      assertThat(page.texts("th"))
          .anySatisfy(
              head ->
                  assertThat(head)
                      .contains("version 2 · sha256 0b0b0b0b0b0b")
                      .contains("40 samples from 0 to 39: version 1 · sha256 0a0a0a0a0a0a")
                      .contains("40 samples from 40 to 79: version 2"));
      assertThat(page.text("main")).contains("⚠ less robust than the version before: ");
    }
    harness.show(Made.replaced(State.empty(), stream, 1, List.of(0.25)));
    try (Shown page = new Shown()) {
      assertThat(page.text("main")).contains("version before: ").doesNotContain("less robust than");
    }
  }

  @Test
  void whatWasFoundByQueriesIsCalledAnUpperBound() throws Exception {
    StreamId stream = new StreamId("c", "vgg");
    Provenance asked = new Provenance("gan", Made.STANDARD.attack(), Made.NEW, Access.LABELS);
    harness.show(
        State.empty()
            .apply(
                new Event.Answered(
                    Made.of(asked, Made.result(stream, new Window(0, 512), 0, 1)), 1)));
    try (Shown page = new Shown()) {
      assertThat(page.texts("th"))
          .anySatisfy(
              head ->
                  assertThat(head)
                      .contains("by labels alone")
                      .contains("upper bounds and gaps lower estimates"));
    }
  }

  /** A cell with the measured quantile and its gap ratio, to two digits. */
  private static void shows(String cell, JsonNode quantile) {
    double ratio = quantile.path("gap_ratio").asDouble();
    assertThat(quantile.path("measured").asDouble()).isPositive();
    assertThat(cell)
        .contains(String.format(Locale.ROOT, "%.3g", quantile.path("measured").asDouble()))
        .contains("gap " + (ratio < 10 ? String.format(Locale.ROOT, "%.1f", ratio) : ""));
  }

  private static String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(harness.url(path))).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** The page as a browser would show it, after its first answer. */
  private static final class Shown implements AutoCloseable {
    private final Context context =
        Context.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();

    Shown() throws IOException, InterruptedException {
      String answer = get("/api/gaps");
      String page = get("/");
      Value global = context.getBindings("js");
      global.putMember("answer", (ProxyExecutable) path -> answer);
      try (InputStream document = PageScriptTest.class.getResourceAsStream("document.js")) {
        context.eval("js", new String(document.readAllBytes(), StandardCharsets.UTF_8));
      }
      context.eval("js", page.substring(page.indexOf("<script>") + 8, page.indexOf("</script>")));
    }

    String text(String id) {
      return context.getBindings("js").getMember("textOf").execute(id).asString();
    }

    List<String> texts(String tag) {
      return List.of(
          context.getBindings("js").getMember("textsOf").execute(tag).as(String[].class));
    }

    void press(String id) {
      context.getBindings("js").getMember("press").execute(id);
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
