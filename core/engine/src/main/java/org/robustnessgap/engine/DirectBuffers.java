package org.robustnessgap.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Buffers outside the heap for each thread, for as long as it lives. The binding would make one for
 * every run, which costs small models half their time.
 */
final class DirectBuffers {
  private final ThreadLocal<FloatBuffer[]> buffers =
      ThreadLocal.withInitial(() -> new FloatBuffer[2]);

  /**
   * Room for so many values, which holds what was last written there.
   *
   * @param place the buffer of the thread, from 0
   */
  FloatBuffer room(int place, int count) {
    FloatBuffer[] known = buffers.get();
    if (known.length <= place) {
      known = Arrays.copyOf(known, place + 1);
      buffers.set(known);
    }
    if (known[place] == null || known[place].capacity() < count) {
      known[place] =
          ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
    }
    return known[place].clear().limit(count);
  }
}
