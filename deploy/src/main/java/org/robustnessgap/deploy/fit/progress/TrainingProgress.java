package org.robustnessgap.deploy.fit.progress;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.robustnessgap.fit.training.TrainingState;

/** Says how far a training is and how long still: soon after its start, then after each epoch. */
public final class TrainingProgress implements Consumer<TrainingState> {
  /** Until the speed is known. */
  private static final Duration FIRST = Duration.ofSeconds(5);

  private static final int PERCENT = 100;
  private static final int MINUTE = 60;

  private final int epochs;
  private final long steps;
  private final long firstStep;
  private final Clock clock;
  private final Consumer<String> lines;
  private final Instant start;
  private int told;
  private boolean isSpeedTold;

  /**
   * @param epochs of the whole training
   * @param steps likewise
   * @param begun where it begins or goes on
   * @param lines gets each line
   */
  public TrainingProgress(
      int epochs, long steps, TrainingState begun, Clock clock, Consumer<String> lines) {
    this.epochs = epochs;
    this.steps = steps;
    this.firstStep = begun.step();
    this.told = begun.epochs().size();
    this.clock = clock;
    this.lines = lines;
    this.start = clock.instant();
  }

  @Override
  public void accept(TrainingState state) {
    Duration spent = Duration.between(start, clock.instant());
    List<TrainingState.Epoch> done = state.epochs();
    if (done.size() > told) {
      told = done.size();
      isSpeedTold = true;
      lines.accept(epoch(done.get(told - 1)) + outlook(state, spent));
    } else if (!isSpeedTold && spent.compareTo(FIRST) >= 0) {
      isSpeedTold = true;
      lines.accept(
          String.format("Epoch %d of %d begins", told + 1, epochs) + outlook(state, spent));
    }
  }

  private String epoch(TrainingState.Epoch epoch) {
    String heldOut =
        Double.isNaN(epoch.heldOut())
            ? ""
            : String.format(Locale.ROOT, ", of held-out images %.2f", epoch.heldOut());
    return String.format(
        Locale.ROOT, "Epoch %d of %d: loss %.2f%s", told, epochs, epoch.fitted(), heldOut);
  }

  private String outlook(TrainingState state, Duration spent) {
    double seconds = spent.toMillis() / 1000.0;
    long left = steps - state.step();
    return String.format(
        Locale.ROOT,
        "; %d %%, %s left",
        PERCENT * state.step() / steps,
        duration(left * seconds / Math.max(1, state.step() - firstStep)));
  }

  private static String duration(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole < MINUTE
        ? whole + " s"
        : String.format("%d min %02d s", whole / MINUTE, whole % MINUTE);
  }
}
