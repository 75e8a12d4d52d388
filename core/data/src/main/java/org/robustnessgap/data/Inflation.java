package org.robustnessgap.data;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what an archive takes and what it becomes, and stops one that is only made to swell. */
final class Inflation {
  /** Below it, an archive of black images may be packed as well as it likes. */
  private static final long HARMLESS = 1L << 30;

  /** A photograph packs by a factor of 1 to 2, drawn digits by 5 to 10. */
  private static final long MOST_PER_BYTE = 200;

  private final long harmless;
  private long taken;
  private long made;

  Inflation() {
    this(HARMLESS);
  }

  /**
   * @param harmless so many bytes may become of whatever
   */
  Inflation(long harmless) {
    this.harmless = harmless;
  }

  /** What the archive is read from. */
  InputStream packed(InputStream in) {
    return new Counted(in) {
      @Override
      void count(long bytes) {
        taken += bytes;
      }
    };
  }

  /** What an entry is read from; closing it leaves the archive open. */
  InputStream unpacked(InputStream in) {
    return unpacked(in, () -> {});
  }

  /**
   * The same.
   *
   * @param closing closed instead of it
   */
  InputStream unpacked(InputStream in, Closeable closing) {
    return new Counted(in) {
      @Override
      void count(long bytes) throws IOException {
        made += bytes;
        if (made > harmless && made / MOST_PER_BYTE > taken) {
          throw new UnreadableException(
              "becomes %d times as large as it is packed; unpack it if that is right",
              made / Math.max(taken, 1));
        }
      }

      @Override
      public void close() throws IOException {
        closing.close();
      }
    };
  }

  private abstract static class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    abstract void count(long bytes) throws IOException;

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = super.read(bytes, from, length);
      count(Math.max(read, 0));
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(bytes);
      count(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
