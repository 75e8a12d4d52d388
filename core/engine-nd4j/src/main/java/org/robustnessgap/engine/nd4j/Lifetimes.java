package org.robustnessgap.engine.nd4j;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Who still needs the arrays of one run. Their memory lies outside the heap, so each is freed as
 * soon as nobody needs it instead of when the collector finds it. Arrays that were not made in the
 * run are left alone.
 */
final class Lifetimes implements AutoCloseable {
  /** From each array to the one whose memory it shares, often itself. */
  private final Map<INDArray, INDArray> owners = new IdentityHashMap<>();

  private final Map<INDArray, Integer> holders = new IdentityHashMap<>();
  private List<INDArray> unswept = new ArrayList<>();

  INDArray made(INDArray array) {
    if (owners.putIfAbsent(array, array) == null) {
      holders.put(array, 0);
      unswept.add(array);
    }
    return array;
  }

  INDArray shared(INDArray view, INDArray base) {
    INDArray owner = owners.get(base);
    if (owner != null) {
      owners.put(view, owner);
    }
    return view;
  }

  void hold(INDArray array) {
    INDArray owner = owners.get(array);
    if (owner != null) {
      holders.merge(owner, 1, Integer::sum);
    }
  }

  void release(INDArray array) {
    INDArray owner = owners.get(array);
    if (owner != null && holders.merge(owner, -1, Integer::sum) == 0) {
      free(owner);
    }
  }

  /** Frees what was made since the last call and is not held. */
  void sweep() {
    List<INDArray> recent = unswept;
    unswept = new ArrayList<>();
    for (INDArray array : recent) {
      if (holders.getOrDefault(array, 1) == 0) {
        free(array);
      }
    }
  }

  private void free(INDArray array) {
    holders.remove(array);
    owners.remove(array);
    if (array.closeable()) {
      array.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(holders.keySet()).forEach(this::free);
  }
}
