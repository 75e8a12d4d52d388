package org.robustnessgap.deploy.plot;

import java.util.List;
import java.util.Locale;

/** Charts side by side, as one SVG document. */
public record Figure(List<Chart> charts) {
  private static final int WIDTH = 380;
  private static final int HEIGHT = 320;
  private static final int LEFT = 62;
  private static final int TOP = 34;
  private static final int PLOT_WIDTH = WIDTH - LEFT - 16;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - 48;
  private static final int LINE = 15;
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#6b6b00");

  /** Lines over two axes, with a legend. */
  public record Chart(String title, Axis x, Axis y, List<Series> series) {
    public Chart {
      series = List.copyOf(series);
    }
  }

  public Figure {
    charts = List.copyOf(charts);
  }

  /** The document. */
  public String svg() {
    StringBuilder svg = new StringBuilder();
    int width = WIDTH * charts.size();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" ")
        .append(
            text("width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" ", width, HEIGHT, width, HEIGHT))
        .append("font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n")
        .append(text("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, HEIGHT));
    for (int i = 0; i < charts.size(); i++) {
      svg.append(text("<g transform=\"translate(%d,0)\">\n", i * WIDTH));
      draw(charts.get(i), i, svg);
      svg.append("</g>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private static void draw(Chart chart, int index, StringBuilder svg) {
    svg.append(label(LEFT + PLOT_WIDTH / 2.0, 20, "middle", "font-weight=\"bold\"", chart.title()));
    for (double tick : chart.x().ticks()) {
      double x = across(chart.x(), tick);
      svg.append(line(x, TOP, x, TOP + PLOT_HEIGHT, "#e4e4e4"));
      svg.append(label(x, TOP + PLOT_HEIGHT + LINE, "middle", "", chart.x().name(tick)));
    }
    for (double tick : chart.y().ticks()) {
      double y = down(chart.y(), tick);
      svg.append(line(LEFT, y, LEFT + PLOT_WIDTH, y, "#e4e4e4"));
      svg.append(label(LEFT - 6, y + 4, "end", "", chart.y().name(tick)));
    }
    svg.append(
        text(
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#888\"/>\n",
            LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT));
    svg.append(label(LEFT + PLOT_WIDTH / 2.0, HEIGHT - 12, "middle", "", chart.x().label()));
    double middle = TOP + PLOT_HEIGHT / 2.0;
    svg.append(
        label(
            14,
            middle,
            "middle",
            text("transform=\"rotate(-90 14 %.1f)\"", middle),
            chart.y().label()));
    svg.append(
        text(
            "<clipPath id=\"plot%d\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>\n",
            index, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT));
    for (int i = 0; i < chart.series().size(); i++) {
      Series series = chart.series().get(i);
      String colour = COLOURS.get(i % COLOURS.size());
      svg.append(text("<polyline clip-path=\"url(#plot%d)\" fill=\"none\" ", index))
          .append(text("stroke=\"%s\" stroke-width=\"1.8\" points=\"", colour));
      for (Series.Point point : series.points()) {
        svg.append(text("%.2f,%.2f ", across(chart.x(), point.x()), down(chart.y(), point.y())));
      }
      svg.append("\"/>\n");
      double y = TOP + LINE * (i + 1);
      double x = LEFT + PLOT_WIDTH - 8;
      svg.append(label(x, y, "end", text("fill=\"%s\"", colour), series.name()));
    }
  }

  private static double across(Axis axis, double value) {
    return LEFT + PLOT_WIDTH * axis.position(value);
  }

  private static double down(Axis axis, double value) {
    double position = axis.position(value);
    // A zero on a logarithmic axis lies just below the frame.
    return TOP + PLOT_HEIGHT * (1 - Math.max(-1, position));
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return text(
        "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"%s\"/>\n",
        x1, y1, x2, y2, colour);
  }

  private static String label(double x, double y, String anchor, String more, String content) {
    String escaped = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return text(
        "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\" %s>%s</text>\n",
        x, y, anchor, more, escaped);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
