package org.robustnessgap.serving.call;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a model takes as pixels, by the names of the Open Inference Protocol. */
public enum InputType {
  FP32(Float.BYTES) {
    @Override
    public void write(float value, JsonGenerator json) throws IOException {
      json.writeNumber(value);
    }

    @Override
    public void put(float value, ByteBuffer bytes) {
      bytes.putFloat(value);
    }
  },
  FP64(Double.BYTES) {
    @Override
    public void write(float value, JsonGenerator json) throws IOException {
      json.writeNumber((double) value);
    }

    @Override
    public void put(float value, ByteBuffer bytes) {
      bytes.putDouble(value);
    }
  },
  FP16(Short.BYTES) {
    @Override
    public float sent(float value) {
      return HalfFloat.toFloat(HalfFloat.ofFloat(value));
    }

    @Override
    public void write(float value, JsonGenerator json) throws IOException {
      json.writeNumber(sent(value));
    }

    @Override
    public void put(float value, ByteBuffer bytes) {
      bytes.putShort(HalfFloat.ofFloat(value));
    }
  },
  /** Whole numbers from 0 to 255. */
  UINT8(Byte.BYTES) {
    @Override
    public float sent(float value) {
      return (float) Math.rint(Math.min(LARGEST_UINT8, Math.max(0, value)));
    }

    @Override
    public void write(float value, JsonGenerator json) throws IOException {
      json.writeNumber((int) sent(value));
    }

    @Override
    public void put(float value, ByteBuffer bytes) {
      bytes.put((byte) (int) sent(value));
    }
  };

  private static final int LARGEST_UINT8 = 255;

  private final int bytes;

  InputType(int bytes) {
    this.bytes = bytes;
  }

  /** The type of this name, whatever its case; empty if no pixels are sent as such. */
  public static Optional<InputType> named(String name) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  /** How many bytes a number has. */
  public int bytes() {
    return bytes;
  }

  /** The largest of the numbers that usually stand for white. */
  public float white() {
    return this == UINT8 ? LARGEST_UINT8 : 1;
  }

  /** The nearest number of this type. */
  public float sent(float value) {
    return value;
  }

  /** Writes {@link #sent} as JSON. */
  public abstract void write(float value, JsonGenerator json) throws IOException;

  /** Writes {@link #sent} as bytes, in the order of the buffer. */
  public abstract void put(float value, ByteBuffer bytes);
}
