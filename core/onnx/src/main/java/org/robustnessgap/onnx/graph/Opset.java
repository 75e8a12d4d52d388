package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The versions of operators that a model speaks of: the same name may mean other things in another.
 *
 * @param version of the standard operators
 * @param others of the operators of other domains, by domain; what a model does not use may stand
 *     here too
 */
public record Opset(long version, Map<String, Long> others) {
  /** The newest version of the standard operators that ONNX Runtime 1.29 reads. */
  public static final long NEWEST = 26;

  /** The same of {@code ai.onnx.ml}. */
  public static final long NEWEST_CLASSICAL = 5;

  public Opset {
    others = Map.copyOf(others);
  }

  /** Standard operators alone. */
  static Opset standard(long version) {
    return new Opset(version, Map.of());
  }

  /** As a file and the functions in it state them; version −1 if it names none. */
  static Opset of(ModelProto proto) {
    Map<String, Long> others = new TreeMap<>();
    proto.getFunctionsList().stream()
        .map(FunctionProto::getOpsetImportList)
        .forEach(imports -> others.putAll(others(imports)));
    others.putAll(others(proto.getOpsetImportList()));
    return new Opset(version(proto.getOpsetImportList()), others);
  }

  /** Version of the standard operators; −1 if these imports name none. */
  public static long version(List<OperatorSetIdProto> imports) {
    long version = -1;
    for (OperatorSetIdProto imported : imports) {
      if (Operator.isStandard(imported.getDomain())) {
        version = imported.getVersion();
      }
    }
    return version;
  }

  private static Map<String, Long> others(List<OperatorSetIdProto> imports) {
    return imports.stream()
        .filter(imported -> !Operator.isStandard(imported.getDomain()))
        .collect(
            Collectors.toMap(
                OperatorSetIdProto::getDomain, OperatorSetIdProto::getVersion, (a, b) -> b));
  }

  Opset withVersion(long standard) {
    return new Opset(standard, others);
  }

  /** The newer of both, domain by domain. */
  Opset and(Opset other) {
    Map<String, Long> both = new TreeMap<>(others);
    other.others.forEach((domain, theirs) -> both.merge(domain, theirs, Math::max));
    return new Opset(Math.max(version, other.version), both);
  }

  /** In ONNX's file format, of these domains and the standard one. */
  Collection<OperatorSetIdProto> imports(Set<String> domains) {
    Map<String, Long> used = new TreeMap<>(others);
    used.keySet().retainAll(domains);
    used.put("", version);
    return used.entrySet().stream()
        .map(
            entry ->
                OperatorSetIdProto.newBuilder()
                    .setDomain(entry.getKey())
                    .setVersion(entry.getValue())
                    .build())
        .toList();
  }
}
