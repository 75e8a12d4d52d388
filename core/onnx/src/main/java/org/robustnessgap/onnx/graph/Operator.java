package org.robustnessgap.onnx.graph;

import ai.onnx.proto.OnnxMl.NodeProto;

/**
 * An operator by its full name.
 *
 * @param domain who defines it; empty for the standard ones
 * @param type its name there
 */
public record Operator(String domain, String type) {
  /** The domain of trees, linear models and what else was there before networks. */
  public static final String CLASSICAL = "ai.onnx.ml";

  private static final String STANDARD = "ai.onnx";

  public Operator {
    domain = isStandard(domain) ? "" : domain;
  }

  public static Operator of(NodeProto node) {
    return new Operator(node.getDomain(), node.getOpType());
  }

  public static Operator standard(String type) {
    return new Operator("", type);
  }

  /** Of those that ONNX Runtime adds, most of them several standard ones in one. */
  public static Operator microsoft(String type) {
    return new Operator("com.microsoft", type);
  }

  /** The standard operators have a domain of two names. */
  public static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals(STANDARD);
  }

  public boolean isStandard() {
    return isStandard(domain);
  }

  /** As people write it, for instance {@code LSTM} or {@code com.microsoft.FusedConv}. */
  @Override
  public String toString() {
    return isStandard() ? type : domain + "." + type;
  }
}
