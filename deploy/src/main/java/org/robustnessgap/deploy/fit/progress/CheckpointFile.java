package org.robustnessgap.deploy.fit.progress;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.robustnessgap.fit.training.Checkpoint;
import org.robustnessgap.fit.training.Training;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;

/**
 * Where a training's state is kept, so that it goes on from there when its process was killed. At
 * every moment the file is there whole, or not at all.
 *
 * @param file is replaced
 * @param of what the training depends on, by the names that messages call it
 */
public record CheckpointFile(Path file, Map<String, String> of) {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  public boolean exists() {
    return Files.exists(file);
  }

  /**
   * The state that was kept.
   *
   * @throws InvalidInputException if it is of another training, or cannot be read
   */
  public TrainingState read(Training training) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Checkpoint.read(in, of, training);
    } catch (IOException e) {
      throw new InvalidInputException(
          String.format(
              "Cannot go on from %s (%s); remove it and start anew without --resume.",
              file, e instanceof EOFException ? "it ends too early" : e.getMessage()),
          e);
    }
  }

  /** Keeps a state in place of the former. */
  public void write(Training training, TrainingState state) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (FileChannel channel =
              FileChannel.open(
                  part,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        Checkpoint.write(out, of, training, state);
        out.flush();
        channel.force(true);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot write " + file + "; is there space, and may you write there?", e);
    }
  }

  /** What keeps the state every half minute. */
  public Consumer<TrainingState> keeper(Training training, Clock clock) {
    Instant[] kept = {clock.instant()};
    return state -> {
      Instant now = clock.instant();
      if (Duration.between(kept[0], now).compareTo(INTERVAL) >= 0) {
        write(training, state);
        kept[0] = now;
      }
    };
  }

  /** Removes it, once what it was for is there. */
  public void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot remove " + file + "; remove it yourself.", e);
    }
  }
}
