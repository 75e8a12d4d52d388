package org.robustnessgap.onnx.lowering;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.onnx.graph.ConstantFolding;
import org.robustnessgap.onnx.graph.GraphBuilder;
import org.robustnessgap.onnx.graph.KnownValues;
import org.robustnessgap.onnx.graph.OnnxModel;
import org.robustnessgap.onnx.graph.Operator;
import org.robustnessgap.onnx.graph.RandomRows;
import org.robustnessgap.onnx.graph.ValueShapes;

/**
 * Rewrites operators into others that have a gradient, where they depend on the image. What comes
 * out is believed only if it computes for random rows what the model does.
 */
public final class Lowering {
  /** A rule may emit what another one rewrites; none does so twice. */
  private static final int MOST_PASSES = 4;

  private Lowering() {}

  /**
   * A model without the operators of {@link LoweringRules}; one that has none is left as it is, and
   * is not run.
   *
   * @param stated of operator set {@link OnnxModel#OPSET} or newer, without subgraphs; its batch
   *     may be fixed
   * @throws InvalidInputException naming a node that cannot be rewritten
   */
  public static OnnxModel of(OnnxModel stated, ValueShapes.Probe probe) {
    return of(stated, new StepBudget(), probe);
  }

  /**
   * The same.
   *
   * @param budget of the nodes that steps are written out to
   */
  public static OnnxModel of(OnnxModel stated, StepBudget budget, ValueShapes.Probe probe) {
    OnnxModel given = RecurrentLayouts.timeFirst(stated);
    OnnxModel lowered = given;
    for (int pass = 0; pass < MOST_PASSES && isNeeded(lowered); pass++) {
      OnnxModel before = pass == 0 ? ConstantFolding.ofConstants(lowered, probe) : lowered;
      OnnxModel after = pass(before, budget, probe);
      if (after == before) {
        break;
      }
      lowered = after;
    }
    if (lowered != given) {
      requireSame(given, lowered, isMeant(given), probe);
    }
    return lowered;
  }

  private static boolean isNeeded(OnnxModel model) {
    return model.nodes().stream().anyMatch(node -> LoweringRules.covers(Operator.of(node)))
        && model.nodes().stream().anyMatch(isMeant(model));
  }

  private static Predicate<NodeProto> isMeant(OnnxModel model) {
    Set<String> independent = new HashSet<>(ConstantFolding.independent(model));
    independent.addAll(model.initializers().keySet());
    independent.add("");
    return node -> LoweringRules.isFor(node, value -> !independent.contains(value));
  }

  /** The same model where there was nothing to rewrite. */
  private static OnnxModel pass(OnnxModel model, StepBudget budget, ValueShapes.Probe probe) {
    KnownValues known = new KnownValues(model, probe);
    Predicate<NodeProto> isMeant = isMeant(model);
    String prefix = model.unusedPrefix("lowered/");
    Map<String, TensorProto> constants = new LinkedHashMap<>();
    List<NodeProto> nodes = new ArrayList<>();
    int count = 0;
    for (NodeProto node : model.nodes()) {
      GraphBuilder builder = new GraphBuilder(prefix + count + "/");
      LoweringContext context = new LoweringContext(known, node, builder, budget);
      if (isMeant.test(node) && LoweringRules.of(Operator.of(node)).lower(context)) {
        nodes.addAll(context.lowered());
        constants.putAll(builder.constants());
        count++;
      } else {
        nodes.add(node);
      }
    }
    return count == 0 ? model : model.withNodes(nodes, constants).pruned();
  }

  /**
   * Compares on random rows.
   *
   * @param rewritten the nodes of the given model that are not in the other
   * @throws InvalidInputException naming those, if the models differ by more than rounding
   */
  public static void requireSame(
      OnnxModel given, OnnxModel lowered, Predicate<NodeProto> rewritten, ValueShapes.Probe probe) {
    List<Long> shape = given.input().shape();
    if (shape == null || shape.isEmpty() || shape.stream().skip(1).anyMatch(size -> size < 0)) {
      // What its input lacks is said where it is run.
      return;
    }
    int batch = shape.get(0) < 0 ? ValueShapes.SMALL_BATCH : Math.toIntExact(shape.get(0));
    RandomRows rows = RandomRows.finite(given, batch, batch, probe);
    int[] all = IntStream.range(0, batch).toArray();
    if (!RandomRows.close(rows.whole(given, all), rows.whole(lowered, all))) {
      throw new InvalidInputException(
          String.format(
              "%s computes other numbers once %s is rewritten into operators with a gradient; export it without.",
              given.name(),
              given.nodes().stream()
                  .filter(rewritten)
                  .map(node -> Operator.of(node).toString())
                  .distinct()
                  .collect(Collectors.joining(", "))));
    }
  }
}
