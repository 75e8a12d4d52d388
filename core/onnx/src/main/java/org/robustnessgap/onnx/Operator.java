package org.robustnessgap.onnx;

import ai.onnx.proto.OnnxMl.NodeProto;

/**
 * An operator by its full name.
 *
 * @param domain who defines it; empty for the standard ones
 * @param type its name there
 */
record Operator(String domain, String type) {
  private static final String STANDARD = "ai.onnx";

  Operator {
    domain = isStandard(domain) ? "" : domain;
  }

  static Operator of(NodeProto node) {
    return new Operator(node.getDomain(), node.getOpType());
  }

  static Operator standard(String type) {
    return new Operator("", type);
  }

  /** Of those that ONNX Runtime adds, most of them several standard ones in one. */
  static Operator microsoft(String type) {
    return new Operator("com.microsoft", type);
  }

  /** The standard operators have a domain of two names. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals(STANDARD);
  }

  boolean isStandard() {
    return isStandard(domain);
  }

  /** As people write it, for instance {@code LSTM} or {@code com.microsoft.FusedConv}. */
  @Override
  public String toString() {
    return isStandard() ? type : domain + "." + type;
  }
}
