package org.robustnessgap.engine.nd4j;

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
    int[] positions = new int[Math.toIntExact(array.length())];
    Arrays.setAll(positions, i -> i);
    return take(array, positions, 0, shape);
  }

  /**
   * Elements side by side.
   *
   * @param positions row-major in the source; −1 for {@code fill}
   */
  static INDArray take(INDArray source, int[] positions, double fill, long... shape) {
    return take(source, 1, (int) source.length(), 1, positions, fill, shape);
  }

  /**
   * Along one axis of a source [outer, size, inner], the blocks with these indices.
   *
   * @param indices −1 for a block of {@code fill}
   */
  static INDArray take(
      INDArray source, int outer, int size, int inner, int[] indices, double fill, long... shape) {
    int blocks = Math.multiplyExact(outer, indices.length);
    int count = Math.multiplyExact(blocks, inner);
    DataType type = source.dataType();
    if (type == DataType.FLOAT) {
      float[] from = floats(source);
      float[] to = new float[count];
      for (int o = 0; o < outer; o++) {
        for (int k = 0; k < indices.length; k++) {
          int at = (o * indices.length + k) * inner;
          if (indices[k] < 0) {
            Arrays.fill(to, at, at + inner, (float) fill);
          } else if (inner == 1) {
            to[at] = from[o * size + indices[k]];
          } else {
            System.arraycopy(from, (o * size + indices[k]) * inner, to, at, inner);
          }
        }
      }
      return of(to, shape);
    }
    int[] positions = new int[count];
    for (int i = 0; i < count; i++) {
      int block = i / inner;
      int index = indices[block % indices.length];
      positions[i] = index < 0 ? -1 : (block / indices.length * size + index) * inner + i % inner;
    }
    if (type.isFPType()) {
      double[] from = doubles(source);
      double[] to = new double[count];
      Arrays.setAll(to, i -> positions[i] < 0 ? fill : from[positions[i]]);
      return narrowed(of(to, shape), type);
    }
    long[] from = longs(source);
    long[] to = new long[count];
    Arrays.setAll(to, i -> positions[i] < 0 ? (long) fill : from[positions[i]]);
    return of(to, type, shape);
  }

  private static INDArray narrowed(INDArray array, DataType type) {
    INDArray cast = array.castTo(type);
    closeCopy(array, cast);
    return cast;
  }
}
