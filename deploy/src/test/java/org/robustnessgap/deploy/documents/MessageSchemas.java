package org.robustnessgap.deploy.documents;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.DefinitionKey;
import com.github.victools.jsonschema.generator.naming.SchemaDefinitionNamingStrategy;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.robustnessgap.messages.Json;

/**
 * JSON Schemas of the messages. Records and their types say most; what {@link Json} makes of a type
 * (its name, its tag, its form) is asked of {@link Json} itself.
 */
final class MessageSchemas {
  private static final PropertyNamingStrategies.SnakeCaseStrategy NAMES =
      new PropertyNamingStrategies.SnakeCaseStrategy();
  private static final SerializationConfig CONFIG = Json.mapper().getSerializationConfig();
  private static final AnnotationIntrospector INTROSPECTOR = CONFIG.getAnnotationIntrospector();

  private final ObjectMapper mapper = new ObjectMapper();
  private final OptionalComponents optional;
  private final SchemaGenerator generator;

  MessageSchemas(OptionalComponents optional) {
    this.optional = optional;
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(
                mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.PLAIN_DEFINITION_KEYS);
    config
        .forFields()
        .withPropertyNameOverrideResolver(field -> NAMES.translate(field.getDeclaredName()))
        .withNullableCheck(this::optional)
        .withRequiredCheck(field -> !optional(field));
    config
        .forTypesInGeneral()
        .withPropertySorter((one, other) -> 0)
        .withDefinitionNamingStrategy(new NestedNames())
        .withCustomDefinitionProvider(this::form)
        .withCustomDefinitionProvider(new Variants())
        .withCustomDefinitionProvider(new Tags());
    generator = new SchemaGenerator(config.build());
  }

  /** The schema of the messages of a type. */
  ObjectNode of(Class<?> message, String title) {
    ObjectNode schema = generator.generateSchema(message);
    ObjectNode titled = mapper.createObjectNode();
    titled.set("$schema", schema.remove("$schema"));
    titled.put("title", title);
    titled.setAll(schema);
    return titled;
  }

  private boolean optional(FieldScope field) {
    return optional.contains(field.getRawMember().getDeclaringClass(), field.getDeclaredName());
  }

  /** What is not written as the object that it is. */
  private CustomDefinition form(ResolvedType type, SchemaGenerationContext context) {
    Class<?> raw = type.getErasedType();
    if (raw == byte[].class) {
      return inline(
          mapper.createObjectNode().put("type", "string").put("contentEncoding", "base64"));
    }
    if (raw.isEnum()) {
      ObjectNode names = mapper.createObjectNode().put("type", "string");
      Arrays.stream(raw.getEnumConstants())
          .forEach(
              constant ->
                  names.withArray("enum").add(Json.mapper().convertValue(constant, String.class)));
      return inline(names);
    }
    if (Map.class.isAssignableFrom(raw)) {
      List<ResolvedType> parameters = type.typeParametersFor(Map.class);
      ObjectNode map = mapper.createObjectNode().put("type", "object");
      if (parameters.get(0).getErasedType() != String.class) {
        map.set("propertyNames", context.createDefinitionReference(parameters.get(0)));
      }
      map.set("additionalProperties", context.createDefinitionReference(parameters.get(1)));
      return inline(map);
    }
    if (!raw.getName().startsWith("org.robustnessgap.")) {
      return null;
    }
    BeanDescription bean = CONFIG.introspect(CONFIG.constructType(raw));
    AnnotatedMember value = bean.findJsonValueAccessor();
    if (value != null) {
      return inline(
          context.createDefinition(
              context
                  .getTypeContext()
                  .resolve(
                      value.getType().getRawClass() == List.class
                          ? ((java.lang.reflect.Method) value.getMember()).getGenericReturnType()
                          : value.getRawType())));
    }
    JsonFormat.Value shape = INTROSPECTOR.findFormat(bean.getClassInfo());
    if (shape != null && shape.getShape() == JsonFormat.Shape.ARRAY) {
      ObjectNode array = mapper.createObjectNode().put("type", "array");
      RecordComponent[] components = raw.getRecordComponents();
      for (RecordComponent component : components) {
        array
            .withArray("prefixItems")
            .add(
                context.createDefinition(
                    context.getTypeContext().resolve(component.getGenericType())));
      }
      return inline(array.put("minItems", components.length).put("maxItems", components.length));
    }
    return null;
  }

  private static CustomDefinition inline(ObjectNode schema) {
    return new CustomDefinition(
        schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.NO);
  }

  /** The variants of a type that has a tag, by their tags; none of other types. */
  private static List<NamedType> variants(Class<?> raw) {
    if (!raw.isInterface() || tag(raw) == null) {
      return List.of();
    }
    return Json.mapper()
        .getSubtypeResolver()
        .collectAndResolveSubtypesByClass(CONFIG, annotated(raw))
        .stream()
        .filter(variant -> variant.getType() != raw)
        .sorted(Comparator.comparing(NamedType::getName))
        .toList();
  }

  private static String tag(Class<?> raw) {
    JsonTypeInfo.Value info = INTROSPECTOR.findPolymorphicTypeInfo(CONFIG, annotated(raw));
    return info == null ? null : info.getPropertyName();
  }

  private static AnnotatedClass annotated(Class<?> raw) {
    return CONFIG.introspectClassAnnotations(raw).getClassInfo();
  }

  /** A tagged type is one of its variants. */
  private final class Variants implements CustomDefinitionProviderV2 {
    @Override
    public CustomDefinition provideCustomSchemaDefinition(
        ResolvedType type, SchemaGenerationContext context) {
      List<NamedType> variants = variants(type.getErasedType());
      if (variants.isEmpty()) {
        return null;
      }
      ObjectNode any = mapper.createObjectNode();
      variants.forEach(
          variant ->
              any.withArray("anyOf")
                  .add(
                      context.createDefinitionReference(
                          context.getTypeContext().resolve(variant.getType()))));
      return new CustomDefinition(any);
    }
  }

  /** A variant of a tagged type says which it is. */
  private final class Tags implements CustomDefinitionProviderV2 {
    @Override
    public CustomDefinition provideCustomSchemaDefinition(
        ResolvedType type, SchemaGenerationContext context) {
      Class<?> raw = type.getErasedType();
      for (Class<?> parent : raw.getInterfaces()) {
        for (NamedType variant : variants(parent)) {
          if (variant.getType() == raw) {
            return new CustomDefinition(tagged(type, context, tag(parent), variant.getName()));
          }
        }
      }
      return null;
    }

    private ObjectNode tagged(
        ResolvedType type, SchemaGenerationContext context, String tag, String name) {
      ObjectNode standard = context.createStandardDefinition(type, this);
      ObjectNode properties = mapper.createObjectNode();
      properties.putObject(tag).put("const", name);
      if (standard.get("properties") instanceof ObjectNode own) {
        properties.setAll(own);
      }
      ArrayNode required = mapper.createArrayNode().add(tag);
      if (standard.get("required") instanceof ArrayNode own) {
        required.addAll(own);
      }
      standard.set("properties", properties);
      standard.set("required", required);
      return standard;
    }
  }

  /** Nested types by their full names: several are called alike. */
  private static final class NestedNames implements SchemaDefinitionNamingStrategy {
    @Override
    public String getDefinitionNameForKey(DefinitionKey key, SchemaGenerationContext context) {
      Class<?> raw = key.getType().getErasedType();
      return raw.getName().substring(raw.getPackageName().length() + 1).replace('$', '.');
    }
  }
}
