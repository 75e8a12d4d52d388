package org.robustnessgap.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.Json;
import org.yaml.snakeyaml.Yaml;

/** What Prometheus and Grafana are given names metrics that the services have. */
final class MonitoringFilesTest {
  private static final Path RULES = Path.of("prometheus", "rules.yml");
  private static final Path DASHBOARD = Path.of("grafana", "robustness-gap.json");
  private static final Pattern METRIC = Pattern.compile("\\brobustness_[a-z_]+");

  @Test
  void everyMetricInRulesAndPanelsIsInTheCatalogue() throws Exception {
    Set<String> catalogue =
        metricsIn(Files.readString(Path.of("..", "docs", "reference", "metrics.md")));
    Set<String> used = metricsIn(Files.readString(DASHBOARD));
    rules().forEach(rule -> used.addAll(metricsIn((String) rule.get("expr"))));

    assertThat(used).hasSizeGreaterThan(10).isSubsetOf(catalogue);
  }

  @Test
  void everyAlertSaysWhatAndWhy() throws Exception {
    assertThat(rules())
        .hasSizeGreaterThan(5)
        .allSatisfy(
            rule -> {
              assertThat(((Map<?, ?>) rule.get("annotations")).keySet().toArray())
                  .as("annotations of %s", rule.get("alert"))
                  .containsOnly("summary", "description");
              assertThat(((Map<?, ?>) rule.get("labels")).keySet().toArray())
                  .containsOnly("severity");
            });
  }

  @Test
  void everyPanelHasAUnitAndADescriptionAndTheChosenDataSource() throws Exception {
    JsonNode dashboard = Json.mapper().readTree(Files.readAllBytes(DASHBOARD));

    assertThat(dashboard.get("uid").asText()).isEqualTo("robustness-gap");
    assertThat(dashboard.get("editable").asBoolean()).isFalse();
    assertThat(dashboard.has("__inputs")).isFalse();
    assertThat(dashboard.at("/templating/list/0/type").asText()).isEqualTo("datasource");
    Set<Integer> ids = new HashSet<>();
    assertThat(dashboard.get("panels"))
        .isNotEmpty()
        .allSatisfy(
            panel -> {
              String title = panel.get("title").asText();
              assertThat(ids.add(panel.get("id").asInt())).as("id of %s", title).isTrue();
              assertThat(panel.get("description").asText()).as(title).isNotBlank();
              assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotBlank();
              assertThat(panel.at("/datasource/uid").asText()).isEqualTo("${datasource}");
              assertThat(panel.get("targets"))
                  .isNotEmpty()
                  .allSatisfy(
                      target -> assertThat(target.get("expr").asText()).contains("job=~\"$job\""));
            });
  }

  @Test
  void noTwoPanelsOverlap() throws Exception {
    Set<List<Integer>> cells = new HashSet<>();
    for (JsonNode panel : Json.mapper().readTree(Files.readAllBytes(DASHBOARD)).get("panels")) {
      JsonNode at = panel.get("gridPos");
      for (int x = at.get("x").asInt(); x < at.get("x").asInt() + at.get("w").asInt(); x++) {
        for (int y = at.get("y").asInt(); y < at.get("y").asInt() + at.get("h").asInt(); y++) {
          assertThat(x).isLessThan(24);
          assertThat(cells.add(List.of(x, y))).as(panel.get("title").asText()).isTrue();
        }
      }
    }
  }

  @Test
  void otherYamlFilesParse() throws Exception {
    for (String file :
        List.of(
            "prometheus/prometheus.yml",
            "prometheus/rules-test.yml",
            "grafana/provisioning/datasources/prometheus.yml",
            "grafana/provisioning/dashboards/robustness-gap.yml")) {
      assertThat(yaml(Path.of(file))).as(file).isNotEmpty();
    }
  }

  private static Set<String> metricsIn(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = METRIC.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group());
    }
    return names;
  }

  private static List<Map<?, ?>> rules() throws Exception {
    List<Map<?, ?>> all = new ArrayList<>();
    for (Object group : (List<?>) yaml(RULES).get("groups")) {
      for (Object rule : (List<?>) ((Map<?, ?>) group).get("rules")) {
        all.add((Map<?, ?>) rule);
      }
    }
    return all;
  }

  private static Map<?, ?> yaml(Path file) throws Exception {
    try (Reader reader = Files.newBufferedReader(file)) {
      return new Yaml().load(reader);
    }
  }
}
