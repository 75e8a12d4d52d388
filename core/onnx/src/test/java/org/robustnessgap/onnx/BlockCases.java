package org.robustnessgap.onnx;

import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.robustnessgap.onnx.OperatorCases.Case;
import org.robustnessgap.onnx.OperatorCases.Maker;
import org.robustnessgap.onnx.graph.Attributes;

/** Random models around columns put back into images. */
final class BlockCases {
  static final Map<String, List<Maker>> MAKERS =
      Map.of("Col2Im", List.of(BlockCases::columnsToImage));

  private BlockCases() {}

  private static Case columnsToImage(SplittableRandom random) {
    long[] block = {random.nextInt(1, 4), random.nextInt(1, 3)};
    long[] strides = {random.nextInt(1, 4), random.nextInt(1, 4)};
    long[] dilations = {random.nextInt(1, 3), random.nextInt(1, 3)};
    long[] pads = {random.nextInt(2), random.nextInt(2), random.nextInt(2), random.nextInt(2)};
    long[] image = new long[2];
    long columns = 1;
    for (int axis = 0; axis < 2; axis++) {
      long reach = dilations[axis] * (block[axis] - 1) + 1;
      image[axis] = reach + random.nextInt(2, 5);
      columns *= (image[axis] + pads[axis] + pads[axis + 2] - reach) / strides[axis] + 1;
    }
    TestGraph graph = new TestGraph(random.nextInt(1, 3) * block[0] * block[1], columns);
    String y =
        graph.node(
            "Col2Im",
            List.of(X, graph.longs(image), graph.longs(block)),
            Attributes.of("strides", strides),
            Attributes.of("dilations", dilations),
            Attributes.of("pads", pads));
    return new Case(graph.model("Col2Im", y), Points.QUADRATIC);
  }
}
