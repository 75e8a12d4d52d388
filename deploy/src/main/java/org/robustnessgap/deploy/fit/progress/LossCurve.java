package org.robustnessgap.deploy.fit.progress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;

/** The losses of each epoch as CSV, written anew after each. */
public final class LossCurve implements Consumer<TrainingState> {
  private static final String HEAD = "epoch,loss,loss_held_out\n";

  private final Path file;
  private int written = -1;

  public LossCurve(Path file) {
    this.file = file;
  }

  @Override
  public void accept(TrainingState state) {
    if (state.epochs().size() == written) {
      return;
    }
    written = state.epochs().size();
    StringBuilder csv = new StringBuilder(HEAD);
    List<TrainingState.Epoch> epochs = state.epochs();
    for (int i = 0; i < epochs.size(); i++) {
      csv.append(i + 1)
          .append(',')
          .append(number(epochs.get(i).fitted()))
          .append(',')
          .append(number(epochs.get(i).heldOut()))
          .append('\n');
    }
    try {
      Files.writeString(file, csv);
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + file + "; is there space, and may you write there?", e);
    }
  }

  /** Empty where there is none. */
  private static String number(double loss) {
    return Double.isNaN(loss) ? "" : String.format(Locale.ROOT, "%.9g", loss);
  }
}
