package org.robustnessgap.deploy.fit.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.fit.autoencoder.Autoencoder;
import org.robustnessgap.fit.training.ImageBatches;
import org.robustnessgap.fit.training.StoredImages;
import org.robustnessgap.fit.training.Training;
import org.robustnessgap.fit.training.TrainingPlan;
import org.robustnessgap.fit.training.TrainingState;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.PixelRange;

/** A training of six steps in three epochs, of which each step takes as long as is said. */
final class TrainingProgressTest {
  private static final Map<String, String> OPTIONS = Map.of("--seed", "1");

  @TempDir Path folder;

  private final Engine engine = new OnnxRuntimeEngine(1);
  private final Training training = training();
  private final List<Instant> now = new ArrayList<>(List.of(Instant.EPOCH));
  private final Clock clock = ticking();

  private Training training() {
    StoredImages images = new StoredImages(4, new PixelRange(0, 1));
    for (int n = 0; n < 10; n++) {
      images.add(new float[] {n / 10f, 1 - n / 10f, 0.5f, n % 3 / 3f});
    }
    StoredImages none = new StoredImages(4, new PixelRange(0, 1));
    return Training.open(
        Autoencoder.of(4, 2, new PixelRange(0, 1)).trainable(images, 1),
        new ImageBatches(images, none, 2, 5, 1),
        new TrainingPlan(3, 1e-3, 0),
        engine);
  }

  private Clock ticking() {
    InstantSource source = () -> now.get(now.size() - 1);
    return source.withZone(ZoneOffset.UTC);
  }

  private Consumer<TrainingState> after(Duration step) {
    return unused -> now.add(clock.instant().plus(step));
  }

  @AfterEach
  void close() {
    training.close();
    engine.close();
  }

  @Test
  void tellsTheSpeedSoonAndThenEachEpoch() {
    List<String> lines = new ArrayList<>();
    TrainingState state = training.start();
    TrainingProgress progress = new TrainingProgress(3, training.steps(), state, clock, lines::add);
    training.run(state, after(Duration.ofSeconds(30)).andThen(progress));
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("Epoch 1 of 3 begins; 16 %, 2 min 30 s left");
    assertThat(lines.get(1)).matches("Epoch 1 of 3: loss -?[\\d.]+; 33 %, 2 min 00 s left");
    assertThat(lines.get(3)).matches("Epoch 3 of 3: loss -?[\\d.]+; 100 %, 0 s left");
  }

  @Test
  void theStateIsKeptEveryHalfMinute() throws Exception {
    CheckpointFile file = new CheckpointFile(folder.resolve("g.checkpoint"), OPTIONS);
    List<Long> kept = new ArrayList<>();
    TrainingState state = training.start();
    Consumer<TrainingState> keeper = file.keeper(training, clock);
    training.run(
        state,
        after(Duration.ofSeconds(20))
            .andThen(keeper)
            .andThen(unused -> kept.add(file.exists() ? file.read(training).step() : -1L)));
    assertThat(kept).containsExactly(-1L, 2L, 2L, 4L, 4L, 6L);
    assertThat(folder).isDirectoryContaining(path -> path.endsWith("g.checkpoint"));
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));

    byte[] whole = Files.readAllBytes(file.file());
    Files.write(file.file(), java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> file.read(training))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("remove it and start anew");
    file.delete();
    assertThat(file.exists()).isFalse();
  }

  @Test
  void theLossesAreWrittenEpochByEpoch() throws Exception {
    Path file = folder.resolve("g.csv");
    List<Integer> lines = new ArrayList<>();
    Consumer<TrainingState> curve = new LossCurve(file);
    TrainingState state = training.start();
    training.run(
        state,
        curve.andThen(
            unused -> {
              try {
                lines.add(Files.readAllLines(file).size());
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            }));
    assertThat(lines).containsExactly(1, 2, 2, 3, 3, 4);
    assertThat(Files.readString(file)).startsWith("epoch,loss,loss_held_out\n1,").endsWith(",\n");
  }
}
