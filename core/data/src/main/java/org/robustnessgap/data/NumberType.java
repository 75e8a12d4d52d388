package org.robustnessgap.data;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the numbers of an array in a message are, by the names of the Open Inference Protocol; their
 * bytes come the lowest first.
 */
public enum NumberType {
  UINT8(Element.Kind.UNSIGNED, 1),
  UINT16(Element.Kind.UNSIGNED, 2),
  UINT32(Element.Kind.UNSIGNED, 4),
  UINT64(Element.Kind.UNSIGNED, 8),
  INT8(Element.Kind.SIGNED, 1),
  INT16(Element.Kind.SIGNED, 2),
  INT32(Element.Kind.SIGNED, 4),
  INT64(Element.Kind.SIGNED, 8),
  FP16(Element.Kind.REAL, 2),
  FP32(Element.Kind.REAL, 4),
  FP64(Element.Kind.REAL, 8);

  private final Element.Kind kind;
  private final int bytes;

  NumberType(Element.Kind kind, int bytes) {
    this.kind = kind;
    this.bytes = bytes;
  }

  /** The type of this name, whatever its case; empty if there is none. */
  public static Optional<NumberType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equalsIgnoreCase(name)).findFirst();
  }

  /** How many bytes a number has. */
  public int bytes() {
    return bytes;
  }

  /** Whether its numbers are real, and not whole. */
  public boolean isReal() {
    return kind == Element.Kind.REAL;
  }

  Element element() {
    return new Element(kind, bytes, ByteOrder.LITTLE_ENDIAN);
  }
}
