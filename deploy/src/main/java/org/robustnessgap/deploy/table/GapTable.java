package org.robustnessgap.deploy.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.Norm;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.Provenance;
import org.robustnessgap.messages.RobustnessGap;
import org.robustnessgap.messages.RobustnessGap.QuantileGap;
import org.robustnessgap.messages.RobustnessGap.SpaceGap;
import org.robustnessgap.messages.Space;
import org.robustnessgap.messages.TheoreticalLimits;

/**
 * Limits beside measurements, laid out as Table 2 of Fawzi, Fawzi, Fawzi 2018: classifiers as
 * columns, a group of rows for each space, the limit first.
 *
 * <p>"–" stands for what is unknown, "∞" for what is unbounded: a limit that no distance reaches,
 * or a quantile that falls among the samples whose label no perturbation changed. "not applicable"
 * is a limit that does not stand beside these distances; the foot says why.
 */
public final class GapTable {
  static final String UNKNOWN = "–";
  static final String UNBOUNDED = "∞";
  static final String NOT_APPLICABLE = "not applicable";
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.HALF_EVEN);
  private static final double SMALLEST_PLAIN = 1e-4;
  private static final String VIOLATION = "!";

  private final List<RobustnessGap> columns;

  /** Whether samples are images of one's own. */
  private final boolean given;

  private GapTable(List<RobustnessGap> columns, boolean given) {
    this.columns = List.copyOf(columns);
    this.given = given;
  }

  /**
   * Of images of a generator.
   *
   * @param columns the figures of each classifier, in the order of the columns
   */
  public GapTable(List<RobustnessGap> columns) {
    this(columns, false);
  }

  /** The same of images of one's own, whose distances are divided by other norms. */
  public static GapTable ofGivenImages(List<RobustnessGap> columns) {
    return new GapTable(columns, true);
  }

  /**
   * The table as lines of text, each ended by a newline.
   *
   * @param quantiles fractions p of the data, one block each; a figure nobody computed is unknown
   * @param notes sentences for the foot
   */
  public String render(List<Double> quantiles, List<String> notes) {
    StringBuilder text = new StringBuilder();
    text.append(TableHead.distances(spaces(), pixelNorms(), given));
    if (madeWith().size() == 1) {
      text.append("Attack: ").append(madeWith().get(0)).append(".\n");
    }
    if (isOfImages() && pixels().size() == 1) {
      text.append("Pixels: ").append(pixels().get(0)).append(".\n");
    }
    if (columns.stream()
        .flatMap(gap -> gap.spaces().values().stream())
        .anyMatch(figures -> figures.kind() != null)) {
      text.append("Limit: no classifier can be more robust. Gap ratio: limit / measured.\n");
    }
    for (double quantile : quantiles) {
      text.append('\n');
      text.append(block(quantile));
    }
    text.append('\n');
    text.append(accounts());
    List<String> foot = new ArrayList<>();
    if (quantiles.stream().anyMatch(this::violated)) {
      foot.add(
          VIOLATION
              + " The gap ratio is below 1 beyond its interval: a weak attack, a false assumption"
              + " or too few samples.");
    }
    spaces()
        .forEach(
            space ->
                foot.addAll(
                    TableHead.notApplicable(
                        space,
                        columns.stream().flatMap(gap -> figures(gap, space).stream()).toList())));
    if (columns.stream().anyMatch(RobustnessGap::lacksSmoothness)) {
      foot.add(
          "No limit on images: nothing is known of how far the generator moves them, nor of"
              + " E‖g(z)‖; a campaign asks for both with a smoothness section.");
    }
    if (columns.stream().map(RobustnessGap::provenance).anyMatch(GapTable::isByQueries)) {
      foot.add(TableHead.BY_QUERIES);
    }
    foot.addAll(notes);
    if (!foot.isEmpty()) {
      text.append('\n');
      foot.forEach(note -> text.append(note).append('\n'));
    }
    return text.toString();
  }

  private static boolean isByQueries(@Nullable Provenance provenance) {
    return provenance != null && provenance.access() != null;
  }

  private Grid<RobustnessGap> block(double quantile) {
    Grid<RobustnessGap> grid = new Grid<>(columns);
    grid.add("quantile " + plain(quantile), gap -> gap.stream().classifier());
    for (Space space : spaces()) {
      grid.add(space.label());
      if (space == Space.UNCONSTRAINED && pixelNorms().size() > 1) {
        grid.add(
            "  norm",
            gap -> figures(gap, space).map(found -> TableHead.name(found.norm())).orElse(UNKNOWN));
      }
      grid.add("  limit", gap -> limit(gap.spaces().get(space), quantile));
      grid.add(
          "  95 % interval",
          gap ->
              interval(
                  gap.spaces().get(space),
                  quantile,
                  QuantileGap::limitLower,
                  QuantileGap::limitUpper));
      grid.add("  measured", gap -> measured(gap.spaces().get(space), quantile));
      grid.add(
          "  95 % interval",
          gap ->
              interval(
                  gap.spaces().get(space),
                  quantile,
                  QuantileGap::measuredLower,
                  QuantileGap::measuredUpper));
      grid.add("  gap ratio", gap -> ratio(gap.spaces().get(space), quantile));
      grid.add("  samples", gap -> samples(gap.spaces().get(space)));
      grid.add("  failures", gap -> failures(gap, space));
    }
    return grid;
  }

  private Grid<RobustnessGap> accounts() {
    Grid<RobustnessGap> grid = new Grid<>(columns);
    grid.add("samples", gap -> gap.stream().classifier());
    if (madeWith().size() > 1) {
      grid.add("  attack", gap -> TableHead.madeWith(gap.provenance(), gap.engines()));
    }
    if (isOfImages() && pixels().size() > 1) {
      grid.add("  pixels", gap -> PixelSpace.text(gap.pixels()));
    }
    if (columns.stream().anyMatch(gap -> !gap.versions().isEmpty())) {
      grid.add("  version", gap -> version(gap.provenance()));
      grid.add("  of it", gap -> Long.toString(gap.measured() - ofOthers(gap)));
    }
    grid.add("  generated", gap -> Long.toString(gap.generated()));
    grid.add("  measured", gap -> Long.toString(gap.measured()));
    grid.add("  failed", gap -> Long.toString(gap.failed()));
    if (columns.stream().anyMatch(gap -> gap.inFlight() > 0)) {
      grid.add("  in flight", gap -> Long.toString(gap.inFlight()));
    }
    return grid;
  }

  private static String version(@Nullable Provenance provenance) {
    return provenance == null || provenance.model() == null
        ? UNKNOWN
        : provenance.model().describe();
  }

  private static long ofOthers(RobustnessGap gap) {
    return gap.ofOtherProvenance() == null ? 0 : gap.ofOtherProvenance();
  }

  private boolean isOfImages() {
    return spaces().stream().anyMatch(space -> space != Space.LATENT);
  }

  /** What figures were made with: one text if that is the same for all. */
  private List<String> madeWith() {
    return columns.stream()
        .filter(gap -> gap.measured() > 0)
        .map(gap -> TableHead.madeWith(gap.provenance(), gap.engines()))
        .distinct()
        .toList();
  }

  /** Each norm once; null for an unknown one. */
  private List<@Nullable Norm> pixelNorms() {
    List<@Nullable Norm> norms = new ArrayList<>();
    columns.stream()
        .flatMap(gap -> figures(gap, Space.UNCONSTRAINED).stream())
        .map(SpaceGap::norm)
        .forEach(norm -> norms.add(norm));
    return new ArrayList<>(new LinkedHashSet<>(norms));
  }

  private static Optional<SpaceGap> figures(RobustnessGap gap, Space space) {
    return Optional.ofNullable(gap.spaces().get(space));
  }

  /** What distances of images are distances of: one text if that is the same for all. */
  private List<String> pixels() {
    return columns.stream().map(gap -> PixelSpace.text(gap.pixels())).distinct().toList();
  }

  private Set<Space> spaces() {
    Set<Space> shown = EnumSet.noneOf(Space.class);
    columns.forEach(gap -> shown.addAll(gap.spaces().keySet()));
    return shown;
  }

  static String limit(@Nullable SpaceGap figures, double quantile) {
    if (figures == null) {
      return UNKNOWN;
    }
    if (figures.notApplicable() != null) {
      return NOT_APPLICABLE;
    }
    Optional<QuantileGap> at = at(figures, quantile);
    TheoreticalLimits.Kind kind = figures.kind();
    return at.isEmpty() || kind == null
        ? UNKNOWN
        : figure(at.get().limit(), UNBOUNDED) + " " + kind.label();
  }

  static String measured(@Nullable SpaceGap figures, double quantile) {
    String absent = figures != null && figures.notFound() > 0 ? UNBOUNDED : UNKNOWN;
    return at(figures, quantile).map(at -> figure(at.measured(), absent)).orElse(UNKNOWN);
  }

  static String interval(
      @Nullable SpaceGap figures,
      double quantile,
      Function<QuantileGap, @Nullable Double> lower,
      Function<QuantileGap, @Nullable Double> upper) {
    return at(figures, quantile)
        .filter(at -> lower.apply(at) != null || upper.apply(at) != null)
        .map(at -> figure(lower.apply(at), UNKNOWN) + " to " + figure(upper.apply(at), UNBOUNDED))
        .orElse(UNKNOWN);
  }

  static String ratio(@Nullable SpaceGap figures, double quantile) {
    return at(figures, quantile).map(GapTable::ratio).orElse(UNKNOWN);
  }

  private static String ratio(QuantileGap at) {
    Double ratio = at.gapRatio();
    return ratio == null
        ? UNKNOWN
        : number(ratio)
            + " ("
            + figure(at.gapLower(), UNKNOWN)
            + " to "
            + figure(at.gapUpper(), UNBOUNDED)
            + ")"
            + (surelyBelowOne(at) ? " " + VIOLATION : "");
  }

  static String samples(@Nullable SpaceGap figures) {
    if (figures == null) {
      return UNKNOWN;
    }
    long samples = figures.found() + figures.notFound();
    return figures.notFound() == 0
        ? Long.toString(samples)
        : samples + " (" + figures.notFound() + " not found)";
  }

  private static String failures(RobustnessGap gap, Space space) {
    SpaceGap figures = gap.spaces().get(space);
    return figures == null ? UNKNOWN : Long.toString(figures.failed());
  }

  private boolean violated(double quantile) {
    return columns.stream()
        .anyMatch(
            gap ->
                gap.spaces().values().stream()
                    .flatMap(figures -> at(figures, quantile).stream())
                    .anyMatch(GapTable::surelyBelowOne));
  }

  private static boolean surelyBelowOne(QuantileGap at) {
    return at.gapUpper() != null && at.gapUpper() < 1;
  }

  /** Of a space that may have no figures: null. */
  static Optional<QuantileGap> at(@Nullable SpaceGap figures, double quantile) {
    return figures == null
        ? Optional.empty()
        : figures.quantiles().stream()
            .filter(candidate -> candidate.quantile() == quantile)
            .findFirst();
  }

  static String figure(@Nullable Double value, String absent) {
    return value == null ? absent : number(value);
  }

  static String number(double value) {
    if (value != 0 && Math.abs(value) < SMALLEST_PLAIN) {
      return String.format(Locale.ROOT, "%." + (DIGITS.getPrecision() - 1) + "e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS);
    int decimals = DIGITS.getPrecision() - rounded.precision() + rounded.scale();
    return (value == 0 ? BigDecimal.ZERO : rounded.setScale(Math.max(decimals, 0))).toPlainString();
  }

  static String plain(double quantile) {
    return BigDecimal.valueOf(quantile).stripTrailingZeros().toPlainString();
  }
}
