package org.robustnessgap.campaign.sampling;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.robustnessgap.messages.LatentBatch;

/**
 * What the samples of some ordinals were, so that it is noticed when there are others in their
 * place: a checksum (CRC-32C) each, eight bytes of memory. Not thread-safe.
 */
public final class Fingerprints {
  private static final int PAGE = 1024;
  private static final long UNKNOWN = -1;

  private final Map<Long, long[]> pages = new HashMap<>();

  /** Of no samples yet. */
  public Fingerprints() {}

  /** A copy. */
  public Fingerprints(Fingerprints others) {
    others.pages.forEach((number, page) -> pages.put(number, page.clone()));
  }

  /** Whether none of these samples is another than before; those of new ordinals are learnt. */
  public boolean agree(LatentBatch samples) {
    float[] values = samples.values();
    boolean agree = true;
    for (int row = 0; row < samples.count(); row++) {
      int from = row * samples.dimension();
      agree &=
          agree(
              samples.firstOrdinal() + row,
              Arrays.copyOfRange(values, from, from + samples.dimension()));
    }
    return agree;
  }

  /** Whether this sample is not another than before; if its ordinal is new, it is learnt. */
  boolean agree(long ordinal, float[] sample) {
    long[] page =
        pages.computeIfAbsent(
            ordinal / PAGE,
            number -> {
              long[] unknown = new long[PAGE];
              Arrays.fill(unknown, UNKNOWN);
              return unknown;
            });
    int place = (int) (ordinal % PAGE);
    long found = checksum(sample);
    if (page[place] == UNKNOWN) {
      page[place] = found;
    }
    return page[place] == found;
  }

  private static long checksum(float[] sample) {
    ByteBuffer bytes = ByteBuffer.allocate(sample.length * Float.BYTES);
    bytes.asFloatBuffer().put(sample);
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return checksum.getValue();
  }
}
