package org.robustnessgap.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.robustnessgap.onnx.TestGraph.X;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.onnx.graph.Attributes;
import org.robustnessgap.onnx.input.FrontBounds;

/** Which pixels a model tells apart, by the nodes in front of it. */
class FrontBoundsTest {
  private static Optional<PixelRange> range(Function<TestGraph, String> front) {
    TestGraph graph = new TestGraph(4);
    String bounded = front.apply(graph);
    float[] weights = new float[4 * 2];
    String y = graph.node("MatMul", List.of(bounded, graph.floats(weights, 4, 2)));
    return FrontBounds.of(graph.model("classifier", y));
  }

  private static String number(TestGraph graph, float value) {
    return graph.floats(new float[] {value});
  }

  private static String clip(TestGraph graph, String x, float lower, float upper) {
    return graph.node("Clip", List.of(x, number(graph, lower), number(graph, upper)));
  }

  @Test
  void clipIsARange() {
    assertThat(range(graph -> clip(graph, X, 0, 1))).contains(new PixelRange(0, 1));
  }

  @Test
  void soAreAMaximumAndAMinimum() {
    assertThat(
            range(
                graph ->
                    graph.node(
                        "Min",
                        List.of(
                            number(graph, 1), graph.node("Max", List.of(X, number(graph, -1)))))))
        .contains(new PixelRange(-1, 1));
  }

  @Test
  void scalingInFrontIsUndone() {
    assertThat(
            range(
                graph ->
                    clip(
                        graph,
                        graph.node(
                            "Sub",
                            List.of(
                                graph.node("Mul", List.of(X, number(graph, 255))),
                                number(graph, 127.5f))),
                        -127.5f,
                        127.5f)))
        .contains(new PixelRange(0, 1));
  }

  @Test
  void oneBoundIsNoRange() {
    assertThat(range(graph -> graph.node("Max", List.of(X, number(graph, 0))))).isEmpty();
  }

  @Test
  void boundsOfWhatIsComputedAreNone() {
    assertThat(range(graph -> clip(graph, graph.node("Sin", List.of(X)), 0, 1))).isEmpty();
    assertThat(range(graph -> clip(graph, graph.node("Mul", List.of(X, number(graph, -1))), 0, 1)))
        .isEmpty();
  }

  /** An average of a pixel beyond a bound and one within is another than that of the two kept. */
  @Test
  void boundsBehindAnotherSizeAreNone() {
    TestGraph graph = new TestGraph(1, 2, 2);
    String larger =
        graph.node(
            "Resize",
            List.of(X, "", graph.floats(new float[] {1, 1, 2, 2}, 4)),
            Attributes.of("mode", "linear"));

    assertThat(FrontBounds.of(graph.model("classifier", clip(graph, larger, 0, 1)))).isEmpty();
  }

  /** What goes past the bounds is seen beyond them. */
  @Test
  void boundsOfAPartAreNone() {
    assertThat(range(graph -> graph.node("Add", List.of(X, clip(graph, X, 0, 1))))).isEmpty();
  }
}
