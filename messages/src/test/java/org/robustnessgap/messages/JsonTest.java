package org.robustnessgap.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final ObjectMapper PLAIN = new ObjectMapper();

  /** What may be null or absent, by the last part of its path. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "input",
          "endpoint",
          "endpoint.access",
          "endpoint.image",
          "endpoint.input",
          "endpoint.output",
          "endpoint.labels",
          "endpoint.batch",
          "endpoint.queries_per_sample",
          "endpoint.queries_per_second",
          "endpoint.queries_per_hour",
          "endpoint.queries",
          "endpoint.concurrency",
          "endpoint.surrogate",
          "endpoint.credentials",
          "provenance.model",
          "provenance.second",
          "versions",
          "versions.0.model",
          "former",
          "former.model",
          "former.first_ordinal",
          "former.last_ordinal",
          "versions.0.first_ordinal",
          "versions.0.last_ordinal",
          "second.version",
          "second.fingerprint",
          "model.version",
          "model.digest",
          "model.fingerprint",
          "provenance.access",
          "algorithm.access",
          "queries",
          "topic.properties",
          "topic.records_per_second",
          "pixels",
          "pixels.layout",
          "pixels.type",
          "pixels.range",
          "pixels.colour",
          "input.resize",
          "resize.interpolation",
          "resize.antialias",
          "input.crop",
          "input.model",
          "model.layout",
          "model.type",
          "model.range",
          "model.mean",
          "model.std",
          "model.colour",
          "options",
          "options.fix",
          "fix.threshold",
          "options.image_size",
          "options.output",
          "options.output_slice",
          "options.scores",
          "suspicions",
          "sampling.samples",
          "sampling.samples_per_second",
          "smoothness",
          "smoothness_samples",
          "transfer",
          "transfer.spaces",
          "transfer.norm",
          "plan.spaces",
          "plan",
          "provenance",
          "engines",
          "of_other_provenance",
          "diagnostics",
          "without_diagnostics",
          "labels",
          "labels.0.unconstrained",
          "labels.0.unconstrained.0.measured",
          "labels.0.unconstrained.0.lower",
          "labels.0.unconstrained.0.upper",
          "norm",
          "fools_other",
          "disagreement",
          "own.0.first",
          "own.0.second",
          "attack.pixel_range",
          "plan.pixel_range",
          "generator.image",
          "latents.names",
          "samples.0.name",
          "samples.1.name",
          "data.inversion",
          "inversion",
          "inversion.encoder",
          "inversion.limit",
          "reconstruction",
          "reconstruction.too_far",
          "kkt_residual",
          "limit_samples",
          "window",
          "distance",
          "lower",
          "upper",
          "normalised",
          "others",
          "mean",
          "normalised_mean",
          "not_applicable",
          "lipschitz",
          "constant",
          "unknown",
          "limit_lower",
          "limit_upper",
          "kind",
          "normaliser",
          "limit",
          "measured",
          "measured_lower",
          "measured_upper",
          "gap_ratio",
          "gap_lower",
          "gap_upper");

  /** A value in a tree, reached from its parent by name or by index. */
  private record Place(JsonNode parent, String name, int index, String path) {
    JsonNode value() {
      return name != null ? parent.get(name) : parent.get(index);
    }

    void set(JsonNode value) {
      if (name != null) {
        ((ObjectNode) parent).set(name, value);
      } else {
        ((ArrayNode) parent).set(index, value);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void writesTheGoldenFile(Golden golden) throws IOException {
    assertThat(new String(Json.write(golden.message), StandardCharsets.UTF_8))
        .isEqualTo(Json.mapper().writeValueAsString(Json.mapper().readTree(golden.json())));
  }

  @ParameterizedTest
  @EnumSource
  void readsTheGoldenFile(Golden golden) {
    assertThat((Object) Json.read(golden.json(), golden.type)).isEqualTo(golden.message);
    assertThat((Object) Json.read(Json.write(golden.message), golden.type))
        .isEqualTo(golden.message);
  }

  @ParameterizedTest
  @EnumSource
  void ignoresWhatANewerWriterAdds(Golden golden) throws IOException {
    JsonNode tree = PLAIN.readTree(golden.json());
    List<Place> places = places(tree);
    addUnknown(tree);
    for (Place place : places) {
      // The names in these are spaces and inputs, not fields.
      if (!Set.of("spaces", "fix").contains(String.valueOf(place.name()))
          && !isNamedFreely(place.path() + ".")) {
        addUnknown(place.value());
      }
    }
    assertThat((Object) Json.read(bytes(tree), golden.type)).isEqualTo(golden.message);
  }

  private static void addUnknown(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.putObject("from_the_future").putArray("list").add(1).addNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void missingFieldsAreRefusedUnlessOptional(Golden golden) throws IOException {
    Set<String> accepted = new TreeSet<>();
    for (String path : paths(golden)) {
      JsonNode tree = PLAIN.readTree(golden.json());
      Place place = place(tree, path);
      if (place.name() != null) {
        ((ObjectNode) place.parent()).remove(place.name());
        boolean oneOfMany = path.contains("spaces.") && !place.parent().isEmpty();
        if (reads(tree, golden) && !oneOfMany) {
          accepted.add(path);
        }
      }
    }
    assertThat(accepted).allMatch(path -> optional(golden, path));
  }

  @ParameterizedTest
  @EnumSource
  void nullsAreRefusedUnlessOptional(Golden golden) throws IOException {
    Set<String> accepted = new TreeSet<>();
    for (String path : paths(golden)) {
      JsonNode tree = PLAIN.readTree(golden.json());
      place(tree, path).set(PLAIN.nullNode());
      if (reads(tree, golden)) {
        accepted.add(path);
      }
    }
    assertThat(accepted).allMatch(path -> optional(golden, path));
  }

  /** The names in these are of diagnostics, not fields; a list of figures is none of them. */
  private static boolean isNamedFreely(String path) {
    return path.contains("without_diagnostics.")
        || path.startsWith("samples.") && path.contains(".diagnostics.");
  }

  private static boolean optional(Golden golden, String path) {
    // Elsewhere a generator must be named, and a space measured.
    boolean limits = golden.type == TheoreticalLimits.class || golden.type == TransferLimits.class;
    return isNamedFreely(path)
        || limits && Set.of("model", "second").contains(path)
        || golden.type == TrafficSample.class && path.equals("name")
        || limits && (path.equals("generator") || path.equals("spaces.unconstrained"))
        || OPTIONAL.stream().anyMatch(end -> path.equals(end) || path.endsWith("." + end));
  }

  @ParameterizedTest
  @EnumSource
  void wrongTypesAreRefused(Golden golden) throws IOException {
    List<String> accepted = new ArrayList<>();
    for (String path : paths(golden)) {
      for (String wrong :
          List.of("7", "1.5", "\"7\"", "\"NaN\"", "\"\"", "true", "{}", "[]", "[7]")) {
        JsonNode tree = PLAIN.readTree(golden.json());
        Place place = place(tree, path);
        JsonNode value = PLAIN.readTree(wrong);
        boolean sameKind =
            value.getNodeType() == place.value().getNodeType()
                && !(value.isDouble() && place.value().isIntegralNumber());
        if (!sameKind && !place.value().isNull()) {
          place.set(value);
          if (reads(tree, golden)) {
            accepted.add(path + " = " + wrong);
          }
        }
      }
    }
    assertThat(accepted).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void numbersThatAreNoneAreRefused(Golden golden) throws IOException {
    List<String> accepted = new ArrayList<>();
    for (String path : paths(golden)) {
      for (String wrong : List.of("NaN", "Infinity", "1e999", "-1e999")) {
        JsonNode tree = PLAIN.readTree(golden.json());
        Place place = place(tree, path);
        if (place.value().isNumber()) {
          place.set(PLAIN.getNodeFactory().textNode("@"));
          byte[] json = PLAIN.writeValueAsString(tree).replace("\"@\"", wrong).getBytes();
          if (reads(json, golden.type)) {
            accepted.add(path + " = " + wrong);
          }
        }
      }
    }
    assertThat(accepted).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void truncatedMessagesAreRefused(Golden golden) {
    byte[] json = Json.write(golden.message);
    for (int length = 0; length < json.length; length++) {
      assertThat(reads(Arrays.copyOf(json, length), golden.type)).as("%d bytes", length).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void flippedBitsNeverDoMoreThanBeRefused(Golden golden) {
    byte[] json = Json.write(golden.message);
    Random random = new Random(golden.ordinal());
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = json.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      refused += reads(damaged, golden.type) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @ParameterizedTest
  @EnumSource
  void extremeNumbersAreRefusedOrKept(Golden golden) throws IOException {
    int accepted = 0;
    for (String path : paths(golden)) {
      for (Number extreme :
          new Number[] {
            0,
            -1,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Double.MAX_VALUE,
            Double.MIN_VALUE,
            -0.0
          }) {
        JsonNode tree = PLAIN.readTree(golden.json());
        Place place = place(tree, path);
        if (place.value().isNumber()) {
          place.set(PLAIN.valueToTree(extreme));
          accepted += reads(tree, golden) ? 1 : 0;
        }
      }
    }
    // The numbers of a sample of traffic are its shape, which must fit its bytes.
    assertThat(accepted > 0).isEqualTo(golden != Golden.TRAFFIC_SAMPLE);
  }

  @Test
  void garbageIsRefused() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] garbage = new byte[1 + random.nextInt(64)];
      random.nextBytes(garbage);
      assertThat(reads(garbage, Golden.values()[i % Golden.values().length].type)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "5",
        "\"text\"",
        "[]",
        "{}",
        "true",
        "{",
        "[{}]",
        "{} {}",
        "\0\0\0{"
      })
  void whatIsNoMessageIsRefused(String text) {
    for (Golden golden : Golden.values()) {
      assertThat(reads(text.getBytes(StandardCharsets.UTF_8), golden.type)).isFalse();
    }
    assertThatThrownBy(() -> Json.read(null, Campaign.class))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("An empty value is no Campaign.");
  }

  @Test
  void deepNestingIsRefused() {
    for (String open : List.of("[", "{\"id\":", "{\"kind\":", "{\"unknown\":")) {
      byte[] deep = open.repeat(100_000).getBytes(StandardCharsets.UTF_8);
      assertThat(reads(deep, Campaign.class)).isFalse();
      assertThat(reads(deep, Job.class)).isFalse();
    }
  }

  @Test
  void reasonsNameThePlaceAndWhatIsExpected() {
    assertThat(reason("campaign", "\"seed\":42", "\"seed\":\"42\"", Campaign.class))
        .isEqualTo("This is no valid Campaign: sampling.seed is missing, or not a whole number");
    assertThat(reason("campaign", "\"seed\":42,", "", Campaign.class))
        .isEqualTo("This is no valid Campaign: sampling.seed is missing, or not a whole number");
    assertThat(reason("campaign", "\"classifiers\":[", "\"classifiers\":[7,", Campaign.class))
        .isEqualTo("This is no valid Campaign: classifiers[0] is missing, or not an object");
    assertThat(
            reason(
                "campaign",
                "\"classifiers\":[",
                "\"classifiers\":[{\"name\":\"x\",\"location\":\"x.onnx\",\"options\":{\"output_slice\":[0,2]}},",
                Campaign.class))
        .isEqualTo(
            "This is no valid Campaign: classifiers[0].options.output_slice is missing, or not text");
    assertThat(reason("campaign", "\"classifiers\":[", "\"classifiers\":[null,", Campaign.class))
        .isEqualTo(
            "This is no valid Campaign: an element of the list of classifiers of campaign cifar10"
                + " is null");
    assertThat(
            reason("campaign", "\"spaces\":[\"latent\"", "\"spaces\":[\"pixel\"", Campaign.class))
        .contains("There is no space 'pixel'; choose among latent, in-distribution, unconstrained");
    assertThat(reason("campaign", "\"id\":\"cifar10\"", "\"id\":\"a b\\nc\"", Campaign.class))
        .contains("campaign id 'a b c' must start with a letter or digit");
    assertThat(reason("attack-job", "\"kind\":\"attack\"", "\"kind\":\"guess\"", Job.class))
        .isEqualTo(
            "This is no valid Job: it is not one of those whose kind is "
                + JobKind.ALL.stream()
                    .map(JobKind::label)
                    .sorted()
                    .collect(Collectors.joining(" or ")));
    assertThat(reason("attack-job", "\"values\":\"AA", "\"values\":\"!!", Job.class))
        .isEqualTo("This is no valid Job: latents.values is missing, or not bytes in base64");
    assertThat(reason("attack-result", "\"latent\":", "\"pixel\":", AttackResult.class))
        .contains("space");
    assertThat(
            reason(
                "attack-result", "\"status\":\"found\"", "\"status\":\"lost\"", AttackResult.class))
        .contains("status is found or tie or not_found or failed");
    assertThat(reason("theoretical-limits", "\"exact\"", "\"sure\"", TheoreticalLimits.class))
        .contains("spaces.latent.kind is missing, or not one of the names");
  }

  @Test
  void aNameThatStandsTwiceInAnObjectIsRefused() {
    assertThat(reason("campaign", "\"seed\":42", "\"seed\":42,\"seed\":43", Campaign.class))
        .startsWith("This is no JSON");
    assertThat(reason("campaign", "\"quantiles\":[", "\"quantiles\":[0.25,0.25,", Campaign.class))
        .contains("a quantile twice");
  }

  @Test
  void textThatUtf8CannotSayIsWrittenAllTheSame() {
    ModelReference half = new ModelReference("vgg", "models/\uD83D.onnx");
    assertThat(Json.read(Json.write(half), ModelReference.class)).isEqualTo(half);
  }

  /** The reason for refusing a golden file with its first such text replaced. */
  private static String reason(String file, String target, String replacement, Class<?> type) {
    Golden golden = Golden.valueOf(file.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
    String json = new String(Json.write(golden.message), StandardCharsets.UTF_8);
    assertThat(json).contains(target);
    int at = json.indexOf(target);
    String changed = json.substring(0, at) + replacement + json.substring(at + target.length());
    try {
      Json.read(changed.getBytes(StandardCharsets.UTF_8), type);
    } catch (InvalidInputException e) {
      return e.getMessage();
    }
    throw new AssertionError("accepted: " + changed);
  }

  private static boolean reads(JsonNode tree, Golden golden) {
    return reads(bytes(tree), golden.type);
  }

  /** Whether the bytes are accepted; what is can be written again, what is not has a reason. */
  private static boolean reads(byte[] json, Class<?> type) {
    try {
      Object message = Json.read(json, type);
      assertThat((Object) Json.read(Json.write(message), type)).isEqualTo(message);
      return true;
    } catch (InvalidInputException e) {
      assertThat(e.getMessage())
          .isNotBlank()
          .hasSizeLessThanOrEqualTo(1000)
          .doesNotContain(
              "org.robustnessgap", "com.fasterxml", "java.", "Feature", "Source:", "Exception")
          .doesNotContainPattern("[\\p{Cntrl}\\x{85}\\x{2028}]");
      return false;
    }
  }

  private static byte[] bytes(JsonNode tree) {
    try {
      return PLAIN.writeValueAsBytes(tree);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> paths(Golden golden) throws IOException {
    return places(PLAIN.readTree(golden.json())).stream().map(Place::path).toList();
  }

  private static Place place(JsonNode tree, String path) {
    return places(tree).stream()
        .filter(place -> place.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private static List<Place> places(JsonNode tree) {
    List<Place> places = new ArrayList<>();
    collect(tree, "", places);
    return places;
  }

  private static void collect(JsonNode node, String path, List<Place> places) {
    String prefix = path.isEmpty() ? "" : path + ".";
    node.fieldNames()
        .forEachRemaining(name -> places.add(new Place(node, name, -1, prefix + name)));
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        places.add(new Place(node, null, i, prefix + i));
      }
    }
    List<Place> children = places.stream().filter(place -> place.parent() == node).toList();
    children.forEach(place -> collect(place.value(), place.path(), places));
  }
}
