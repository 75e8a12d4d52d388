package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/reference/campaign-file.md lists the fields of the schema, and which may be left out. */
final class CampaignFileTest {
  private static final Path REFERENCE = Path.of("..", "docs", "reference");

  @ParameterizedTest
  @CsvSource({
    "'# The campaign file',",
    "'## A model', ModelReference GeneratorReference",
    "'## data', ImageData",
    "'### A topic of live traffic', TrafficTopic",
    "'## sampling', SamplingPlan",
    "'## attack', AttackPlan",
    "'## smoothness', SmoothnessPlan",
    "'## transfer', TransferPlan"
  })
  void everyFieldIsDescribed(String heading, String records) throws IOException {
    JsonNode schema =
        new ObjectMapper().readTree(Files.readString(REFERENCE.resolve("schemas/campaigns.json")));
    Map<String, Boolean> optional = new TreeMap<>();
    if (records == null) {
      collect(schema, optional);
    } else {
      for (String definition : records.split(" ")) {
        collect(schema.get("$defs").get(definition), optional);
      }
    }
    assertThat(described(heading)).isEqualTo(optional);
  }

  /** Whether each field may be left out. */
  private static void collect(JsonNode object, Map<String, Boolean> optional) {
    List<String> required = new ArrayList<>();
    object.path("required").forEach(name -> required.add(name.asText()));
    object
        .get("properties")
        .fieldNames()
        .forEachRemaining(name -> optional.put(name, !required.contains(name)));
  }

  private static Map<String, Boolean> described(String heading) throws IOException {
    Map<String, Boolean> optional = new TreeMap<>();
    Files.readAllLines(REFERENCE.resolve("campaign-file.md")).stream()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split("\\|"))
        .forEach(
            cells ->
                optional.put(
                    cells[1].replace("`", "").strip(), cells[2].strip().startsWith("optional")));
    return optional;
  }
}
