package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Random models around one operator each. */
final class OperatorCases {
  private OperatorCases() {}

  /** A model, and where to differentiate it. */
  record Case(OnnxModel model, Points points) {}

  /** Draws a case. */
  @FunctionalInterface
  interface Maker {
    Case make(SplittableRandom random);
  }

  /** Of every operator. */
  static final Map<String, List<Maker>> MAKERS = new TreeMap<>();

  static {
    MAKERS.putAll(ElementwiseCases.MAKERS);
    MAKERS.putAll(BroadcastCases.MAKERS);
    MAKERS.putAll(LinearCases.MAKERS);
    MAKERS.putAll(WindowCases.MAKERS);
    MAKERS.putAll(ShapeCases.MAKERS);
    MAKERS.putAll(MovementCases.MAKERS);
    MAKERS.putAll(NormalizationCases.MAKERS);
    MAKERS.putAll(ReductionCases.MAKERS);
    MAKERS.putAll(AttentionCases.MAKERS);
    MAKERS.putAll(EinsumCases.MAKERS);
    MAKERS.putAll(QuantizationCases.MAKERS);
  }

  static long[] shape(SplittableRandom random, int rank, int largest) {
    return LongStream.generate(() -> random.nextLong(1, largest + 1)).limit(rank).toArray();
  }

  static long[] with(long first, long... rest) {
    return LongStream.concat(LongStream.of(first), Arrays.stream(rest)).toArray();
  }

  static Case of(String operator, TestGraph graph, String output, Points points) {
    return new Case(graph.model(operator, output), points);
  }

  static AttributeProto[] array(List<AttributeProto> some, AttributeProto... more) {
    List<AttributeProto> all = new ArrayList<>(some);
    all.addAll(List.of(more));
    return all.toArray(AttributeProto[]::new);
  }
}
