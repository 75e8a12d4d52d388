package org.robustnessgap.worker.engine.nd4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Elements in and out of ND4J's arrays, for what ND4J has no operator for, or only one whose order
 * of summation varies.
 */
final class HostMemory {
  private HostMemory() {}

  static float[] floats(INDArray array) {
    INDArray source = array.dataType() == DataType.FLOAT ? array : array.castTo(DataType.FLOAT);
    float[] values = new float[Math.toIntExact(array.length())];
    if (values.length > 0) {
      source.data().asNioFloat().get(values);
    }
    closeCopy(source, array);
    return values;
  }

  static double[] doubles(INDArray array) {
    INDArray source = array.dataType() == DataType.DOUBLE ? array : array.castTo(DataType.DOUBLE);
    double[] values = array.isEmpty() ? new double[0] : source.data().asDouble();
    closeCopy(source, array);
    return values;
  }

  static long[] longs(INDArray array) {
    INDArray source = array.dataType() == DataType.INT64 ? array : array.castTo(DataType.INT64);
    long[] values = new long[Math.toIntExact(array.length())];
    if (values.length > 0) {
      source.data().asNioLong().get(values);
    }
    closeCopy(source, array);
    return values;
  }

  private static void closeCopy(INDArray copy, INDArray original) {
    if (copy != original) {
      copy.close();
    }
  }

  static INDArray of(float[] values, long... shape) {
    if (values.length == 0) {
      return Nd4j.create(DataType.FLOAT, shape);
    }
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    array.data().asNioFloat().put(values);
    return written(array);
  }

  static INDArray of(double[] values, long... shape) {
    if (values.length == 0) {
      return Nd4j.create(DataType.DOUBLE, shape);
    }
    INDArray array = Nd4j.createUninitialized(DataType.DOUBLE, shape, 'c');
    array.data().asNioDouble().put(values);
    return written(array);
  }

  static INDArray of(long[] values, long... shape) {
    if (values.length == 0) {
      return Nd4j.create(DataType.INT64, shape);
    }
    INDArray array = Nd4j.createUninitialized(DataType.INT64, shape, 'c');
    array.data().asNioLong().put(values);
    return written(array);
  }

  private static INDArray written(INDArray array) {
    Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
    return array;
  }

  /** Of integers and truth values. */
  static INDArray of(long[] values, DataType type, long... shape) {
    return narrowed(of(values, shape), type);
  }

  static INDArray copy(INDArray array, long... shape) {
    return take(array, positions(Math.toIntExact(array.length())), 1, 0, shape);
  }

  private static int[] positions(int count) {
    int[] positions = new int[count];
    Arrays.setAll(positions, i -> i);
    return positions;
  }

  /**
   * Blocks of consecutive elements side by side.
   *
   * @param positions the number of each block in the source; −1 for a block of {@code fill}
   * @param block elements in a block
   */
  static INDArray take(INDArray source, int[] positions, int block, double fill, long... shape) {
    if (source.dataType() == DataType.FLOAT) {
      float[] from = floats(source);
      float[] to = new float[positions.length * block];
      for (int i = 0; i < positions.length; i++) {
        if (positions[i] < 0) {
          Arrays.fill(to, i * block, (i + 1) * block, (float) fill);
        } else if (block == 1) {
          to[i] = from[positions[i]];
        } else {
          System.arraycopy(from, positions[i] * block, to, i * block, block);
        }
      }
      return of(to, shape);
    }
    if (source.dataType().isFPType()) {
      double[] from = doubles(source);
      double[] to = new double[positions.length * block];
      for (int i = 0; i < to.length; i++) {
        int position = positions[i / block];
        to[i] = position < 0 ? fill : from[position * block + i % block];
      }
      return narrowed(of(to, shape), source.dataType());
    }
    long[] from = longs(source);
    long[] to = new long[positions.length * block];
    for (int i = 0; i < to.length; i++) {
      int position = positions[i / block];
      to[i] = position < 0 ? (long) fill : from[position * block + i % block];
    }
    return of(to, source.dataType(), shape);
  }

  private static INDArray narrowed(INDArray array, DataType type) {
    INDArray cast = array.castTo(type);
    closeCopy(array, cast);
    return cast;
  }
}
