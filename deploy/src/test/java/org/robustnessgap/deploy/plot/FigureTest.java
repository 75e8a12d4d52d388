package org.robustnessgap.deploy.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FigureTest {
  private static final Axis UNIT = Axis.linear("x < 1 & more", 0, 1);

  /** A line from corner to corner of the frame starts and ends in its corners. */
  @Test
  void pointsLieWhereTheAxesSay() {
    String svg = svg(UNIT, Axis.logarithmic("y", 0.01, 1), x -> Math.pow(100, x - 1));
    Matcher frame =
        Pattern.compile(
                "<rect x=\"(\\d+)\" y=\"(\\d+)\" width=\"(\\d+)\" height=\"(\\d+)\" fill=\"none\"")
            .matcher(svg);
    assertThat(frame.find()).isTrue();
    double left = Double.parseDouble(frame.group(1));
    double top = Double.parseDouble(frame.group(2));
    double right = left + Double.parseDouble(frame.group(3));
    double bottom = top + Double.parseDouble(frame.group(4));
    String[] points = svg.replaceAll("(?s).* points=\"([^\"]*) \".*", "$1").split("[ ,]");
    assertThat(Double.parseDouble(points[0])).isCloseTo(left, within(0.01));
    assertThat(Double.parseDouble(points[1])).isCloseTo(bottom, within(0.01));
    assertThat(Double.parseDouble(points[points.length - 2])).isCloseTo(right, within(0.01));
    assertThat(Double.parseDouble(points[points.length - 1])).isCloseTo(top, within(0.01));
    // Straight, since both are exponential.
    assertThat(Double.parseDouble(points[201])).isCloseTo((top + bottom) / 2, within(0.01));
  }

  @Test
  void textIsEscaped() {
    assertThat(svg(UNIT, UNIT, x -> x)).contains("x &lt; 1 &amp; more").doesNotContain("x < 1");
  }

  @Test
  void ticksAreRound() {
    assertThat(UNIT.ticks().stream().map(UNIT::name))
        .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    Axis decades = Axis.logarithmic("", 0.001, 10);
    assertThat(decades.ticks().stream().map(decades::name))
        .containsExactly("0.001", "0.01", "0.1", "1", "10");
    Axis wide = Axis.logarithmic("", 1e-14, 1e-6);
    assertThat(wide.ticks().stream().map(wide::name))
        .containsExactly("1e-14", "1e-12", "1e-10", "1e-8", "1e-6");
    assertThat(Axis.linear("", 0, 0.0371).ticks()).hasSizeBetween(3, 7);
  }

  @Test
  void aHistogramCountsEveryValueOnTheAxisOnce() {
    Series outline = Series.histogram("", UNIT, 4, new double[] {0, 0.1, 0.3, 0.99, 1, 1.1, -1});
    assertThat(outline.points())
        .extracting(Series.Point::y)
        .containsExactly(2., 2., 1., 1., 0., 0., 2., 2.);
    assertThat(outline.points())
        .extracting(Series.Point::x)
        .containsExactly(0., 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.);
  }

  @Test
  void refusesAnAxisThatIsNone() {
    assertThatThrownBy(() -> Axis.linear("", 1, 1)).hasMessageContaining("no axis");
    assertThatThrownBy(() -> Axis.logarithmic("", 0, 1)).hasMessageContaining("no axis");
  }

  private static String svg(Axis x, Axis y, DoubleUnaryOperator function) {
    Series series = Series.of("line", x, function);
    return new Figure(List.of(new Figure.Chart("chart", x, y, List.of(series)))).svg();
  }
}
