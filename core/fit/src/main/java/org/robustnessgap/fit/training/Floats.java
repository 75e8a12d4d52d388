package org.robustnessgap.fit.training;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Numbers as bytes. */
final class Floats {
  private Floats() {}

  static void write(DataOutput out, List<float[]> arrays) throws IOException {
    for (float[] values : arrays) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
      bytes.asFloatBuffer().put(values);
      out.write(bytes.array());
    }
  }

  /** Fills arrays, and returns them. */
  static List<float[]> read(DataInput in, List<float[]> arrays) throws IOException {
    for (float[] values : arrays) {
      byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
      in.readFully(bytes);
      ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
    }
    return arrays;
  }
}
