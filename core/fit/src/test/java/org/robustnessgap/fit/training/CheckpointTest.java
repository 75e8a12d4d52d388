package org.robustnessgap.fit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.OnnxRuntimeEngine;
import org.robustnessgap.messages.InvalidInputException;

class CheckpointTest {
  private static final Map<String, String> OPTIONS = Map.of("--seed", "3");

  private final Engine engine = new OnnxRuntimeEngine(1);
  private final Training training = TrainingTest.open(new TrainingPlan(2, 0.05, 3), engine);
  private final TrainingState ended = training.start();
  private byte[] written = {};

  @BeforeEach
  void write() throws IOException {
    training.run(ended, unused -> {});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Checkpoint.write(out, OPTIONS, training, ended);
    written = out.toByteArray();
  }

  @AfterEach
  void close() {
    training.close();
    engine.close();
  }

  private TrainingState read(byte[] bytes, Map<String, String> options) throws IOException {
    return Checkpoint.read(new ByteArrayInputStream(bytes), options, training);
  }

  @Test
  void holdsTheWholeState() throws IOException {
    TrainingState read = read(written, OPTIONS);
    assertThat(read.step()).isEqualTo(18);
    assertThat(read.epochs()).isEqualTo(ended.epochs());
    assertThat(read.weights().get(0)).isEqualTo(ended.weights().get(0));
  }

  @Test
  void isOfOneTraining() {
    assertThatThrownBy(() -> read(written, Map.of("--seed", "4")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another --seed (3, now 4)");
    assertThatThrownBy(() -> read(written, Map.of("--seed", "3", "--epochs", "9")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("another --epochs (not stated, now 9)");
  }

  /** Whichever byte of the state changes, and wherever the file ends. */
  @Test
  void damageIsSeen() {
    for (int i = written.length - 100; i < written.length; i++) {
      byte[] damaged = written.clone();
      damaged[i] ^= 1;
      assertThatThrownBy(() -> read(damaged, OPTIONS)).isInstanceOf(IOException.class);
    }
    for (int length : new int[] {0, 1, 20, 60, written.length - 1}) {
      assertThatThrownBy(() -> read(Arrays.copyOf(written, length), OPTIONS))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> read("no checkpoint at all".getBytes(), OPTIONS))
        .isInstanceOf(IOException.class);
  }
}
