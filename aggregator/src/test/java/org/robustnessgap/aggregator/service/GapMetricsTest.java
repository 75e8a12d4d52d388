package org.robustnessgap.aggregator.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.campaign.fold.Event;
import org.robustnessgap.campaign.fold.Made;
import org.robustnessgap.campaign.fold.State;
import org.robustnessgap.messages.JobFailure;
import org.robustnessgap.messages.JobId;
import org.robustnessgap.messages.JobKind;
import org.robustnessgap.messages.PairId;
import org.robustnessgap.messages.StreamId;
import org.robustnessgap.messages.Topic;
import org.robustnessgap.messages.Window;

class GapMetricsTest {
  private static final StreamId STREAM = new StreamId("cifar", "vgg");
  private static final StreamId REPLACED = new StreamId("cifar", "wrn");
  private static final PairId PAIR = new PairId("cifar", "lenet", "vgg");
  private static final Window WINDOW = new Window(0, 100L * Made.BATCH);
  private static final List<Double> STANDARD = List.of(0.05, 0.25, 0.5);

  private static final String FORMER = "robustness_former_measured_ci_lower";

  private final LatestSnapshot latest = new LatestSnapshot();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  GapMetricsTest() {
    registry.register(new GapMetrics(latest));
  }

  @Test
  void aScrapeShowsExactlyTheDocumentedMetricsWithTheirTypesAndLabels() throws IOException {
    show(Made.replaced(campaign(STANDARD), REPLACED, 0.5, STANDARD));
    Map<String, String> documented =
        Files.readAllLines(Path.of("..", "docs", "reference", "metrics.md")).stream()
            .dropWhile(line -> !line.equals("<!-- generated: metrics of aggregator -->"))
            .takeWhile(line -> !line.equals("<!-- to here -->"))
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("\\|"))
            .collect(
                Collectors.toMap(
                    cells -> cells[1].strip().replace("`", ""),
                    cells -> cells[2].strip() + " " + sorted(cells[3].strip().split(", "))));
    assertThat(scraped()).isEqualTo(new TreeMap<>(documented));
  }

  @Test
  void aModelHasAtMost250SeriesAndAPair80HoweverManyQuantilesTheirCampaignNames()
      throws IOException {
    List<Double> many = IntStream.range(1, 40).mapToObj(i -> i / 40.0).toList();
    for (List<Double> quantiles : List.of(STANDARD, many)) {
      show(Made.replaced(campaign(quantiles), REPLACED, 0.5, quantiles));
      for (StreamId model : List.of(STREAM, REPLACED)) {
        String label = "model=\"" + model.classifier() + "\"";
        assertThat(scrape().lines().filter(line -> line.contains(label)).count())
            .isBetween(80L, 250L);
      }
      assertThat(scrape().lines().filter(line -> line.contains("second=\"vgg\"")).count())
          .isBetween(15L, 80L);
    }
  }

  @Test
  void pairsHaveTheirFiguresAndRatesInBothDirections() throws IOException {
    show(campaign(STANDARD));
    String pair = "{campaign=\"cifar\",first=\"lenet\",second=\"vgg\"";
    assertThat(scrape())
        .contains("robustness_disagreement" + pair + "} 0.25")
        .contains("robustness_disagreement_ci_upper" + pair + "} 0.413")
        .contains(rate("lenet", "vgg") + "0.0")
        .contains(rate("vgg", "lenet") + "0.5")
        .doesNotContainPattern(
            "robustness_transfer_rate\\{.*first=\"vgg\".*space=\"unconstrained\"")
        .contains("robustness_transfer_samples_measured_total" + pair + "} 8.0")
        .contains("robustness_transfer_samples_given_up" + pair + "} 4.0")
        .contains("robustness_transfer_samples_in_flight" + pair + "} 4.0")
        .contains("robustness_job_failures_total{campaign=\"cifar\",kind=\"transfer\"} 1.0");
  }

  @Test
  void whatLooksWrongAboutAModelIsOneSeriesAKind() throws IOException {
    show(campaign(STANDARD));
    assertThat(scrape())
        .contains(
            "robustness_suspicious{campaign=\"cifar\",kind=\"implausible_distance\",model=\"vgg\"} 1.0")
        .doesNotContain("kind=\"above_limit\"");
  }

  @Test
  void eachVersionIsNamedAndTheOneBeforeCanBeComparedWith() throws IOException {
    show(Made.replaced(State.empty(), REPLACED, 0.01, STANDARD));
    String info = "robustness_model_info{access=\"gradients\",campaign=\"cifar\",digest=\"";
    assertThat(scrape())
        .contains(info + Made.OLD.digest() + "\",fingerprint=\"\",model=\"wrn\",version=\"1\"} 1.0")
        .contains(
            info + Made.NEW.digest() + "\",fingerprint=\"\",model=\"wrn\",version=\"2\"} 1.0");
    double upper = value("robustness_measured_ci_upper");
    assertThat(upper).as("what the alert compares").isLessThan(value(FORMER)).isPositive();

    show(campaign(STANDARD));
    assertThat(scrape()).doesNotContain("robustness_model_info{", FORMER);
  }

  /** Of the median in latent space. */
  private double value(String metric) throws IOException {
    String labels =
        "{attack=\"boundary-descent standard\",campaign=\"cifar\",model=\"wrn\",norm=\"l2\",quantile=\"0.5\",space=\"latent\"} ";
    return scrape()
        .lines()
        .filter(line -> line.startsWith(metric + labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatPixelsAreIsAlwaysSaid() throws IOException {
    show(campaign(STANDARD));
    assertThat(scrape())
        .contains(
            "robustness_pixel_space_info{campaign=\"cifar\",model=\"vgg\",pixels=\"NCHW float in [-1, 1]\"} 1.0");

    show(State.empty().apply(new Event.Answered(Made.latent(STREAM, WINDOW, 0, 1), 1)));
    assertThat(scrape()).contains("pixels=\"the classifier's input as it is\"} 1.0");
  }

  @Test
  void theNumbersAreThoseOfTheState() throws IOException {
    State state = campaign(STANDARD);
    show(state);
    var gap =
        Made.gap(state, STREAM).orElseThrow().spaces().get(org.robustnessgap.messages.Space.LATENT);
    var median = gap.quantiles().get(2);
    String labels =
        "{attack=\"boundary-descent standard\",campaign=\"cifar\",model=\"vgg\",norm=\"l2\",quantile=\"0.5\",space=\"latent\"} ";
    assertThat(scrape())
        .contains("robustness_measured" + labels + median.measured())
        .contains("robustness_gap_ratio_ci_upper" + labels + median.gapUpper())
        .contains(
            "robustness_samples_total{campaign=\"cifar\",model=\"vgg\",outcome=\"found\",space=\"latent\"} "
                + (double) gap.found())
        .contains("robustness_samples_given_up{campaign=\"cifar\",model=\"vgg\"} 4.0")
        .contains("robustness_samples_in_flight{campaign=\"cifar\",model=\"vgg\"} 8.0")
        .contains("robustness_job_failures_total{campaign=\"cifar\",kind=\"smoothness\"} 1.0")
        .contains("robustness_refused_records_total{topic=\"attack-results\"} 1.0")
        .contains("robustness_consumer_lag_records{topic=\"attack-results\"} 3.0");
  }

  @Test
  void unknownFiguresHaveNoSeries() throws IOException {
    show(State.empty().apply(Made.measured(STREAM, WINDOW, 0)));
    assertThat(scrape()).doesNotContain("robustness_gap_ratio", "robustness_measured{", "NaN");
  }

  @Test
  void normAndAttackAreLabelsAndWhatNoLimitAppliesToHasNone() throws IOException {
    StreamId linf = new StreamId("other", "vgg");
    State state = campaign(STANDARD);
    for (int i = 0; i < 20; i++) {
      state =
          state.apply(
              new Event.Answered(
                  Made.of(Made.LINF, Made.result(linf, WINDOW, (long) i * Made.BATCH, 0.01)), 1));
    }
    show(state.apply(new Event.LimitsChanged(Made.limits(linf), 1)));

    String scrape = scrape();
    String pixels = "campaign=\"other\",model=\"vgg\",norm=\"linf\",quantile=\"0.25\"";
    assertThat(scrape)
        .contains("robustness_measured{attack=\"boundary-descent fast\"," + pixels)
        .contains(
            "robustness_provenance_info{attack=\"boundary-descent fast\",campaign=\"other\",engine=\"onnxruntime-cpu\",generator=\"gan\",model=\"vgg\",norm=\"linf\",pixel_range=\"none\"} 1.0")
        .contains(
            "robustness_diagnostic{attack=\"boundary-descent fast\",campaign=\"other\",model=\"vgg\",name=\"kkt_residual\",norm=\"linf\",quantile=\"0.5\",space=\"unconstrained\"}")
        .containsPattern("robustness_limit\\{campaign=\"other\".*norm=\"l2\".*space=\"latent\"")
        .containsPattern("robustness_gap_ratio\\{.*campaign=\"other\".*space=\"latent\"")
        .doesNotContainPattern("robustness_limit\\{campaign=\"other\".*space=\"unconstrained\"")
        .doesNotContainPattern(
            "robustness_gap_ratio[a-z_]*\\{.*campaign=\"other\".*space=\"unconstrained\"");
  }

  private static String rate(String first, String second) {
    return "robustness_transfer_rate{attack=\"boundary-descent standard\",campaign=\"cifar\",first=\""
        + first
        + "\",norm=\"l2\",second=\""
        + second
        + "\",space=\"latent\"} ";
  }

  private static State campaign(List<Double> quantiles) {
    State state = State.empty();
    for (int i = 0; i < 50; i++) {
      state = state.apply(Made.measured(STREAM, WINDOW, (long) i * Made.BATCH));
    }
    state =
        state
            .apply(Made.measured(PAIR, 0))
            .apply(Made.measured(PAIR, Made.BATCH))
            .apply(Made.givenUp(PAIR, 2L * Made.BATCH))
            .apply(Made.generated(PAIR, 3L * Made.BATCH))
            .apply(new Event.LimitsChanged(Made.limits(PAIR, quantiles), 1));
    JobId smoothness = new JobId("cifar", JobKind.SMOOTHNESS, "gan", 0);
    return state
        .apply(Made.givenUp(STREAM, WINDOW, 50L * Made.BATCH))
        .apply(Made.generated(STREAM, WINDOW, 51L * Made.BATCH))
        .apply(Made.generated(STREAM, WINDOW, 52L * Made.BATCH))
        .apply(new Event.LimitsChanged(Made.limits(STREAM, quantiles), 1))
        .apply(new Event.GivenUp(new JobFailure.GivenUp(smoothness, null, 4, 5, "w", "why"), 1))
        .apply(new Event.Unreadable(Topic.ATTACK_RESULTS));
  }

  private void show(State state) {
    latest.update(old -> Snapshot.EMPTY.with(state).withLag(Map.of("attack-results", 3L)));
  }

  private String scrape() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Type and sorted labels of every metric, by name. */
  private Map<String, String> scraped() throws IOException {
    String scrape = scrape();
    Map<String, String> types =
        Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$")
            .matcher(scrape)
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    return Pattern.compile("(?m)^([a-z_]+)\\{(.*)} ")
        .matcher(scrape)
        .results()
        .collect(
            Collectors.toMap(
                m -> m.group(1),
                m -> types.get(m.group(1)) + " " + labels(m.group(2)),
                (one, same) -> {
                  assertThat(same).isEqualTo(one);
                  return one;
                },
                TreeMap::new));
  }

  private static String labels(String labels) {
    Function<MatchResult, String> name = m -> m.group(1);
    return sorted(
        Pattern.compile("([a-z_]+)=\"").matcher(labels).results().map(name).toArray(String[]::new));
  }

  private static String sorted(String... labels) {
    return new TreeSet<>(List.of(labels)).toString();
  }
}
