package org.robustnessgap.deploy.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.InternalApi;
import org.robustnessgap.messages.StableApi;

/**
 * The signatures of all stable types are those in docs/reference/stable-api.txt. Who changes one
 * writes the file anew, and so shows that it is meant; what a line loses or changes breaks programs
 * of others.
 */
class StableApiReferenceTest {
  private static final Set<String> OF_EVERY_RECORD = Set.of("equals", "hashCode", "toString");
  private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf", "toString");

  @Test
  void signaturesAreThoseOfTheFile() {
    GeneratedBlock.holdFile(
        "stable-api.txt", text(new ApiText("org.robustnessgap.").types(stableTypes())));
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private static List<Class<?>> stableTypes() {
    TreeMap<String, Class<?>> types = new TreeMap<>();
    new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.robustnessgap")
            .stream()
            .filter(type -> type.isAnnotatedWith(StableApi.class))
            .map(JavaClass::reflect)
            .forEach(type -> add(type, types));
    return List.copyOf(types.values());
  }

  private static void add(Class<?> type, TreeMap<String, Class<?>> types) {
    types.put(type.getName(), type);
    for (Class<?> nested : type.getDeclaredClasses()) {
      if (Modifier.isPublic(nested.getModifiers())) {
        add(nested, types);
      }
    }
  }

  /** What the file would say of two small types. */
  @Test
  void sayWhatATypeHas() {
    String prefix = StableApiReferenceTest.class.getName() + "$";
    assertThat(new ApiText(prefix).types(List.of(Shape.class, Unit.class)))
        .containsExactly(
            "interface Shape",
            "    double area()",
            "    default java.util.List<Unit> around(Unit)",
            "",
            "record Unit implements Shape",
            "    Unit(double)",
            "    static final Unit ONE",
            "    double area()",
            "    double size()",
            "");
  }

  /** For the test above; {@code unstable} names a type that is not stable. */
  public interface Shape {
    double area();

    default List<Unit> around(Unit other) {
      return List.of();
    }

    default StableApiReferenceTest unstable() {
      return null;
    }
  }

  /** For the test above. */
  public record Unit(double size) implements Shape {
    public static final Unit ONE = new Unit(1);

    @InternalApi
    public double unpromised() {
      return size;
    }

    @Override
    public double area() {
      return size;
    }
  }

  /**
   * Types as text.
   *
   * @param prefix left out of names
   */
  private record ApiText(String prefix, Set<Class<?>> stable) {
    ApiText(String prefix) {
      this(prefix, Set.of());
    }

    List<String> types(List<Class<?>> types) {
      ApiText knowing = new ApiText(prefix, Set.copyOf(types));
      List<String> lines = new ArrayList<>();
      for (Class<?> type : types) {
        lines.add(knowing.heading(type));
        knowing.members(type).forEach(member -> lines.add("    " + member));
        lines.add("");
      }
      return lines;
    }

    private String heading(Class<?> type) {
      int shown = type.getModifiers() & (Modifier.ABSTRACT | Modifier.FINAL);
      String kind =
          type.isInterface()
              ? "interface"
              : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
      String modifiers = kind.equals("class") ? Modifier.toString(shown) : "";
      Type parent = type.getGenericSuperclass();
      boolean extending =
          parent != null && parent != Object.class && !type.isRecord() && !type.isEnum();
      String interfaces =
          Arrays.stream(type.getGenericInterfaces())
              .filter(this::isKnown)
              .map(this::name)
              .collect(Collectors.joining(", "));
      String permits =
          !type.isSealed()
              ? ""
              : Arrays.stream(type.getPermittedSubclasses())
                  .map(this::name)
                  .sorted()
                  .collect(Collectors.joining(", ", " permits ", ""));
      return Stream.of(
                  modifiers,
                  type.isSealed() ? "sealed" : "",
                  kind,
                  name(type) + parameters(type.getTypeParameters()))
              .filter(word -> !word.isEmpty())
              .collect(Collectors.joining(" "))
          + (extending ? " extends " + name(parent) : "")
          + (interfaces.isEmpty()
              ? ""
              : (type.isInterface() ? " extends " : " implements ") + interfaces)
          + permits;
    }

    private List<String> members(Class<?> type) {
      // By name, then by what follows it.
      TreeMap<String, String> members = new TreeMap<>();
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (isShown(constructor, constructor.getModifiers()) && !type.isEnum()) {
          members.put(arguments(constructor), simple(type) + arguments(constructor));
        }
      }
      for (Method method : type.getDeclaredMethods()) {
        boolean given =
            type.isRecord() && OF_EVERY_RECORD.contains(method.getName())
                || type.isEnum() && OF_EVERY_ENUM.contains(method.getName());
        if (isShown(method, method.getModifiers())
            && !method.isBridge()
            && !given
            && isKnown(method.getGenericReturnType())) {
          int shown = method.getModifiers() & (Modifier.STATIC | Modifier.ABSTRACT);
          shown = type.isInterface() ? shown & Modifier.STATIC : shown;
          members.put(
              method.getName() + arguments(method),
              (method.isDefault() ? "default " : "")
                  + (shown == 0 ? "" : Modifier.toString(shown) + " ")
                  + (method.getTypeParameters().length == 0
                      ? ""
                      : parameters(method.getTypeParameters()) + " ")
                  + name(method.getGenericReturnType())
                  + " "
                  + method.getName()
                  + arguments(method));
        }
      }
      for (Field field : type.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        if (isOpen(modifiers) && !field.isSynthetic() && isKnown(field.getGenericType())) {
          members.put(
              field.getName(),
              (Modifier.isStatic(modifiers) ? "static " : "")
                  + (Modifier.isFinal(modifiers) ? "final " : "")
                  + name(field.getGenericType())
                  + " "
                  + field.getName());
        }
      }
      return List.copyOf(members.values());
    }

    private boolean isShown(Executable member, int modifiers) {
      return isOpen(modifiers)
          && !member.isSynthetic()
          && !member.isAnnotationPresent(InternalApi.class)
          && Arrays.stream(member.getGenericParameterTypes()).allMatch(this::isKnown);
    }

    private static boolean isOpen(int modifiers) {
      return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private String arguments(Executable member) {
      return Arrays.stream(member.getGenericParameterTypes())
          .map(this::name)
          .collect(Collectors.joining(", ", "(", ")"));
    }

    private String parameters(TypeVariable<?>[] variables) {
      return variables.length == 0
          ? ""
          : Arrays.stream(variables)
              .map(TypeVariable::getName)
              .collect(Collectors.joining(", ", "<", ">"));
    }

    /** Whether it names nothing but stable types and those of the JDK. */
    private boolean isKnown(Type type) {
      if (type instanceof ParameterizedType generic) {
        return isKnown(generic.getRawType())
            && Arrays.stream(generic.getActualTypeArguments()).allMatch(this::isKnown);
      }
      if (type instanceof GenericArrayType array) {
        return isKnown(array.getGenericComponentType());
      }
      if (type instanceof WildcardType wildcard) {
        return Stream.of(wildcard.getUpperBounds(), wildcard.getLowerBounds())
            .flatMap(Arrays::stream)
            .allMatch(this::isKnown);
      }
      if (type instanceof Class<?> plain) {
        Class<?> element = plain;
        while (element.isArray()) {
          element = element.getComponentType();
        }
        return element.isPrimitive()
            || element.getName().startsWith("java.")
            || stable.contains(element);
      }
      return true;
    }

    private String name(Type type) {
      return type.getTypeName().replace(prefix, "").replace("java.lang.", "").replace('$', '.');
    }

    private static String simple(Class<?> type) {
      return type.getSimpleName();
    }
  }
}
