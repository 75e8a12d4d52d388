package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.Json;
import org.robustnessgap.messages.Topic;

/** docs/reference/schemas has a JSON Schema of every topic, and it says what readers say. */
final class SchemasReferenceTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path REFERENCE = Path.of("..", "docs", "reference");
  private static final Path GOLDEN =
      Path.of("..", "messages", "src", "test", "resources", "messages");

  /**
   * What may be absent, or must be, by what else a message says; a schema would need conditions to
   * tell. A record of spaces needs one.
   */
  private static final String[] DECIDED_BY_OTHERS = {
    "/samples",
    "/samples_per_second",
    "/generator",
    "/data",
    "/image",
    "/images",
    "/inversion",
    "/topic",
    "/transfer/spaces",
    "/quantiles/0/distance",
    "/range",
    "/window",
    "/normaliser",
    "/constant",
    "/unknown",
    "/kind",
    "/not_applicable",
    "/fools_other",
    "/unconstrained"
  };

  private static final List<JsonNode> MESSAGES = messages();
  private static final OptionalComponents COMPONENTS = components();
  private static final Map<Topic, ObjectNode> SCHEMAS = schemas();
  private static final Map<Topic, Schema> VALIDATORS =
      SCHEMAS.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, each -> validator(each.getValue())));

  /** All but the aggregator's state, which is its own affair. */
  static Stream<Topic> topics() {
    return documented().filter(topic -> topic.message() != Object.class);
  }

  /** The services' own, and what others write for them. */
  private static Stream<Topic> documented() {
    return Stream.concat(Topic.all().stream(), Stream.of(Topic.TRAFFIC_SAMPLES));
  }

  @ParameterizedTest
  @MethodSource("topics")
  void schemaOf(Topic topic) throws IOException {
    GeneratedBlock.holdFile("schemas/" + topic + ".json", pretty(SCHEMAS.get(topic)));
  }

  @Test
  void thePageOfTopicsNamesThemAllAndTheirSchemas() throws IOException {
    List<String> rows =
        Files.readAllLines(REFERENCE.resolve("topics.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .extracting(row -> row.split("`")[1])
        .containsExactlyInAnyOrderElementsOf(documented().map(Topic::topicName).toList());
    assertThat(rows)
        .filteredOn(row -> !row.startsWith("| `aggregator-state`"))
        .allSatisfy(row -> assertThat(row).contains("(schemas/" + row.split("`")[1] + ".json)"));
    try (Stream<Path> files = Files.list(REFERENCE.resolve("schemas"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(topics().map(topic -> topic + ".json").toList());
    }
  }

  static Stream<Class<?>> recordTypes() {
    return COMPONENTS.types().stream();
  }

  @ParameterizedTest
  @MethodSource("recordTypes")
  void whatStaysNullIsNullableAndWhatIsNullableMayBeAbsent(Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        assertThat(COMPONENTS.contains(type, component.getName())).as("%s", component).isTrue();
      } else {
        assertThat(COMPONENTS.staysNull(type, component)).as("%s", component).isFalse();
      }
    }
  }

  static Stream<JsonNode> goldenMessages() {
    return MESSAGES.stream();
  }

  @ParameterizedTest
  @MethodSource("goldenMessages")
  void aMessageIsValidOnTheTopicsWhereItCanBeRead(JsonNode message) {
    List<Topic> readable = topics().filter(topic -> reads(topic, message)).toList();
    assertThat(readable).isNotEmpty();
    assertThat(topics().filter(topic -> valid(topic, message))).isEqualTo(readable);
  }

  @ParameterizedTest
  @MethodSource("goldenMessages")
  void whatIsMissingOrOfAnotherTypeIsInvalidAndWhatIsInvalidCannotBeRead(JsonNode message) {
    Topic topic = topics().filter(each -> reads(each, message)).findFirst().orElseThrow();
    List<String> tooStrict = new ArrayList<>();
    List<String> tooLax = new ArrayList<>();
    mutants(message)
        .forEach(
            (what, mutant) -> {
              boolean reads = reads(topic, mutant);
              boolean valid = valid(topic, mutant);
              if (reads && !valid) {
                tooStrict.add(what);
              } else if (valid && !reads) {
                tooLax.add(what);
              }
            });
    assertThat(tooStrict).isEmpty();
    assertThat(tooLax)
        .allSatisfy(
            what ->
                assertThat(what.split(" ")[0])
                    .matches(each -> Stream.of(DECIDED_BY_OTHERS).anyMatch(each::endsWith)));
  }

  /** The message with one thing removed, null, or of another type, by what was done to it. */
  private static Map<String, JsonNode> mutants(JsonNode message) {
    Map<String, JsonNode> mutants = new LinkedHashMap<>();
    for (String path : paths(message, "")) {
      String parent = path.substring(0, path.lastIndexOf('/'));
      String name = path.substring(parent.length() + 1);
      for (String value : List.of("removed", "null", "1", "true", "\"text\"", "[]", "{}")) {
        JsonNode copy = message.deepCopy();
        JsonNode within = copy.at(parent);
        if (within instanceof ObjectNode object) {
          if (value.equals("removed")) {
            object.remove(name);
          } else if (differs(object.get(name), parse(value))) {
            object.set(name, parse(value));
          }
        } else if (within instanceof ArrayNode array
            && !value.equals("removed")
            && differs(array.get(Integer.parseInt(name)), parse(value))) {
          array.set(Integer.parseInt(name), parse(value));
        }
        if (!copy.equals(message)) {
          mutants.put(path + " " + value, copy);
        }
      }
    }
    return mutants;
  }

  /** Another number or another text may break other rules than those of types. */
  private static boolean differs(JsonNode value, JsonNode other) {
    return value.getNodeType() != other.getNodeType();
  }

  private static List<String> paths(JsonNode node, String path) {
    List<String> paths = new ArrayList<>();
    if (node instanceof ObjectNode object) {
      object
          .fieldNames()
          .forEachRemaining(
              name -> {
                paths.add(path + "/" + name);
                paths.addAll(paths(object.get(name), path + "/" + name));
              });
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        paths.add(path + "/" + i);
        paths.addAll(paths(array.get(i), path + "/" + i));
      }
    }
    return paths;
  }

  private static List<JsonNode> messages() {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.sorted().map(file -> parse(GeneratedBlock.read(file))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OptionalComponents components() {
    return new OptionalComponents(
        MESSAGES.stream()
            .flatMap(message -> topics().flatMap(topic -> read(topic, message).stream()))
            .toList());
  }

  private static Map<Topic, ObjectNode> schemas() {
    MessageSchemas schemas = new MessageSchemas(COMPONENTS);
    return topics()
        .collect(
            Collectors.toMap(
                topic -> topic,
                topic -> schemas.of(topic.message(), "A value of the topic " + topic)));
  }

  private static Schema validator(ObjectNode schema) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
  }

  private static boolean valid(Topic topic, JsonNode message) {
    return VALIDATORS.get(topic).validate(message).isEmpty();
  }

  private static boolean reads(Topic topic, JsonNode message) {
    return read(topic, message).isPresent();
  }

  private static Optional<Object> read(Topic topic, JsonNode message) {
    try {
      return Optional.of(Json.read(MAPPER.writeValueAsBytes(message), topic.message()));
    } catch (InvalidInputException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pretty(JsonNode schema) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    return MAPPER.writer(printer).writeValueAsString(schema) + "\n";
  }
}
