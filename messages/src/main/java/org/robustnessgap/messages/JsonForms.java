package org.robustnessgap.messages;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.AnnotatedWithParams;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Tells Jackson what the records' own annotations say, so that the records need no Jackson. */
final class JsonForms extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1;

  /**
   * The records of a type and their tags: of a sealed one in the order of its declaration, of jobs
   * those of the catalogue; none unless it is {@link Tagged}.
   */
  static List<NamedType> tagged(Class<?> type) {
    if (type == Job.class) {
      return JobKind.ALL.stream()
          .map(kind -> new NamedType(kind.job(), kind.label()))
          .sorted(Comparator.comparing(NamedType::getName))
          .toList();
    }
    return type.isSealed() && type.isAnnotationPresent(Tagged.class)
        ? Arrays.stream(type.getPermittedSubclasses())
            .map(each -> new NamedType(each, each.getAnnotation(Tag.class).value()))
            .toList()
        : List.of();
  }

  @Override
  public Boolean hasAsValue(Annotated annotated) {
    return annotated instanceof AnnotatedMethod method
            && method.getParameterCount() == 0
            && method.hasAnnotation(JsonForm.class)
        ? Boolean.TRUE
        : super.hasAsValue(annotated);
  }

  @Override
  public JsonCreator.Mode findCreatorAnnotation(MapperConfig<?> config, Annotated annotated) {
    return annotated instanceof AnnotatedWithParams creator
            && creator.getParameterCount() == 1
            && creator.hasAnnotation(JsonForm.class)
        ? JsonCreator.Mode.DELEGATING
        : super.findCreatorAnnotation(config, annotated);
  }

  @Override
  public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
    return annotated.hasAnnotation(OmitEmpty.class)
        ? JsonInclude.Value.empty().withValueInclusion(JsonInclude.Include.NON_EMPTY)
        : super.findPropertyInclusion(annotated);
  }

  @Override
  public JsonFormat.Value findFormat(Annotated annotated) {
    return annotated.hasAnnotation(ArrayForm.class)
        ? JsonFormat.Value.forShape(JsonFormat.Shape.ARRAY)
        : super.findFormat(annotated);
  }

  @Override
  public JsonTypeInfo.Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
    Tagged tagged = annotated.getAnnotation(Tagged.class);
    return tagged == null
        ? super.findPolymorphicTypeInfo(config, annotated)
        : JsonTypeInfo.Value.construct(
            JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, tagged.value(), null, false, null);
  }

  @Override
  public List<NamedType> findSubtypes(Annotated annotated) {
    List<NamedType> tagged = tagged(annotated.getRawType());
    return tagged.isEmpty() ? super.findSubtypes(annotated) : tagged;
  }

  @Override
  public String findTypeName(AnnotatedClass type) {
    Tag tag = type.getAnnotation(Tag.class);
    return tag == null ? super.findTypeName(type) : tag.value();
  }
}
