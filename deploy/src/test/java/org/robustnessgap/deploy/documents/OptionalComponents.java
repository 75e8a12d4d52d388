package org.robustnessgap.deploy.documents;

import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.robustnessgap.messages.Json;

/**
 * Which components of records may be absent. The records' constructors decide that when a message
 * is read, so they are asked: with null in a component's place in examples of the record, alone or
 * with one other component changed, as where one of two must be given.
 */
final class OptionalComponents {
  private static final SerializationConfig CONFIG = Json.mapper().getSerializationConfig();

  private final Map<Class<?>, List<Object[]>> examples = new HashMap<>();
  private final Map<Class<?>, Set<String>> known = new HashMap<>();

  /**
   * @param messages that together hold an example of every record
   */
  OptionalComponents(Collection<?> messages) {
    messages.forEach(this::collect);
  }

  private void collect(Object value) {
    if (value instanceof Collection<?> all) {
      all.forEach(this::collect);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(this::collect);
    } else if (value instanceof Record whole) {
      Object[] values =
          Arrays.stream(whole.getClass().getRecordComponents())
              .map(component -> call(component.getAccessor(), whole))
              .toArray();
      examples.computeIfAbsent(whole.getClass(), type -> new ArrayList<>()).add(values);
      collect(Arrays.stream(values).filter(each -> each != null).toList());
    } else if (value != null && value.getClass().getName().startsWith("org.robustnessgap.")) {
      AnnotatedMember form =
          CONFIG.introspect(CONFIG.constructType(value.getClass())).findJsonValueAccessor();
      if (form != null) {
        collect(call((Method) form.getMember(), value));
      }
    }
  }

  boolean contains(Class<?> type, String component) {
    return known.computeIfAbsent(type, this::optional).contains(component);
  }

  /** The records of which there are examples. */
  Set<Class<?>> types() {
    return examples.keySet();
  }

  /** Whether some record of the type, though made, has null for the component. */
  boolean staysNull(Class<?> type, RecordComponent component) {
    return made(type).map(whole -> call(component.getAccessor(), whole)).anyMatch(Objects::isNull);
  }

  /** The examples, and what is made of each with null for one component. */
  private Stream<Object> made(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    return examples.get(type).stream()
        .flatMap(
            values ->
                Stream.concat(
                    Stream.of(new Object[][] {values}),
                    IntStream.range(0, components.length)
                        .filter(i -> !components[i].getType().isPrimitive())
                        .mapToObj(i -> without(values, i))))
        .flatMap(values -> made(type, values).stream());
  }

  private Set<String> optional(Class<?> type) {
    List<Object[]> all = examples.get(type);
    if (Arrays.stream(type.getRecordComponents()).allMatch(each -> each.getType().isPrimitive())) {
      return Set.of();
    }
    if (all == null) {
      throw new AssertionError("no message among the examples holds a " + type.getName());
    }
    RecordComponent[] components = type.getRecordComponents();
    Set<String> optional = new HashSet<>();
    for (int i = 0; i < components.length; i++) {
      int component = i;
      if (!components[i].getType().isPrimitive()
          && all.stream().anyMatch(values -> accepts(type, values, component))) {
        optional.add(components[i].getName());
      }
    }
    return optional;
  }

  private boolean accepts(Class<?> type, Object[] example, int component) {
    Object[] without = without(example, component);
    return makes(type, without)
        || IntStream.range(0, without.length)
            .filter(other -> other != component)
            .filter(other -> !type.getRecordComponents()[other].getType().isPrimitive())
            .anyMatch(other -> changed(type, without, other));
  }

  /** Absent if it was there, else as in another example, or any text. */
  private boolean changed(Class<?> type, Object[] example, int other) {
    List<Object> choices = new ArrayList<>();
    if (example[other] != null) {
      choices.add(null);
    } else {
      examples.get(type).stream().map(values -> values[other]).forEach(choices::add);
      if (type.getRecordComponents()[other].getType() == String.class) {
        choices.add("some text");
      }
    }
    return choices.stream()
        .anyMatch(
            choice -> {
              Object[] values = example.clone();
              values[other] = choice;
              return makes(type, values);
            });
  }

  private static Object[] without(Object[] example, int component) {
    Object[] without = example.clone();
    without[component] = null;
    return without;
  }

  private static boolean makes(Class<?> type, Object[] values) {
    return made(type, values).isPresent();
  }

  private static Optional<Object> made(Class<?> type, Object[] values) {
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(RecordComponent::getType)
                  .toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return Optional.of(constructor.newInstance(values));
    } catch (InvocationTargetException e) {
      // Whatever a constructor throws, Json refuses the message.
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static Object call(Method accessor, Object target) {
    try {
      accessor.setAccessible(true);
      return accessor.invoke(target);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
