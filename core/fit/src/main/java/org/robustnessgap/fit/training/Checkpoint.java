package org.robustnessgap.fit.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.robustnessgap.messages.InvalidInputException;

/**
 * A training's state with what it belongs to, as bytes: a training goes on only with the options
 * and images that it began with.
 */
public final class Checkpoint {
  private static final String KIND = "robustness-gap training 1";

  private Checkpoint() {}

  /**
   * Writes it.
   *
   * @param of what the state depends on besides, by the names that a message calls it
   */
  public static void write(
      OutputStream out, Map<String, String> of, Training training, TrainingState state)
      throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32());
    DataOutputStream data = new DataOutputStream(checked);
    data.writeUTF(KIND);
    data.writeInt(of.size());
    for (Map.Entry<String, String> entry : of.entrySet()) {
      data.writeUTF(entry.getKey());
      data.writeUTF(entry.getValue());
    }
    training.write(state, data);
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  /**
   * Reads it.
   *
   * @param of what the training that is to go on depends on
   * @throws InvalidInputException naming what differs
   * @throws IOException if it cannot be read, or is none or damaged
   */
  public static TrainingState read(InputStream in, Map<String, String> of, Training training)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
    DataInputStream data = new DataInputStream(checked);
    if (!data.readUTF().equals(KIND)) {
      throw new IOException("it is no checkpoint");
    }
    int count = data.readInt();
    Map<String, String> written = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      written.put(data.readUTF(), data.readUTF());
    }
    requireSame(written, of);
    TrainingState state = training.read(data);
    long sum = checked.getChecksum().getValue();
    if (data.readLong() != sum) {
      throw new IOException("it is damaged");
    }
    return state;
  }

  private static void requireSame(Map<String, String> written, Map<String, String> of) {
    for (Map.Entry<String, String> entry : of.entrySet()) {
      String before = Objects.requireNonNullElse(written.get(entry.getKey()), "not stated");
      if (!before.equals(entry.getValue())) {
        throw new InvalidInputException(
            String.format(
                "This training began with another %s (%s, now %s), so it cannot go on; give what it began with, or start anew without --resume.",
                entry.getKey(), before, entry.getValue()));
      }
    }
  }
}
