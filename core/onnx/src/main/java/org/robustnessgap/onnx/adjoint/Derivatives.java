package org.robustnessgap.onnx.adjoint;

import java.util.List;
import java.util.function.Function;

/**
 * Derivatives φ′ of operators y = φ(x) on single elements, as values of x's shape. At a kink the
 * derivative is 0 where a flat side meets it, unless said otherwise.
 */
final class Derivatives {
  private Derivatives() {}

  /** The rule of an operator with this derivative: the cotangent times φ′. */
  static AdjointRule rule(Function<AdjointContext, String> derivative) {
    return node -> node.contribute(0, node.mul(node.cotangent(), derivative.apply(node)));
  }

  private static String x(AdjointContext node) {
    return node.input(0);
  }

  private static String y(AdjointContext node) {
    return node.output();
  }

  /** 0 at 0. */
  static String abs(AdjointContext node) {
    return node.unary("Sign", x(node));
  }

  static String exp(AdjointContext node) {
    return y(node);
  }

  static String log(AdjointContext node) {
    return node.unary("Reciprocal", x(node));
  }

  /** 1/(2y). */
  static String sqrt(AdjointContext node) {
    return node.div(node.number(0.5), y(node));
  }

  /** −y². */
  static String reciprocal(AdjointContext node) {
    return node.unary("Neg", node.square(y(node)));
  }

  static String sin(AdjointContext node) {
    return node.unary("Cos", x(node));
  }

  static String cos(AdjointContext node) {
    return node.unary("Neg", node.unary("Sin", x(node)));
  }

  /** 1 + y². */
  static String tan(AdjointContext node) {
    return node.add(node.number(1), node.square(y(node)));
  }

  /** 1/√(1 − x²). */
  static String asin(AdjointContext node) {
    return inverseRoot(node, node.sub(node.number(1), node.square(x(node))));
  }

  static String acos(AdjointContext node) {
    return node.unary("Neg", asin(node));
  }

  static String atan(AdjointContext node) {
    return node.unary("Reciprocal", node.add(node.square(x(node)), node.number(1)));
  }

  static String sinh(AdjointContext node) {
    return node.unary("Cosh", x(node));
  }

  static String cosh(AdjointContext node) {
    return node.unary("Sinh", x(node));
  }

  /** 1/√(x² + 1). */
  static String asinh(AdjointContext node) {
    return inverseRoot(node, node.add(node.square(x(node)), node.number(1)));
  }

  /** 1/√(x² − 1). */
  static String acosh(AdjointContext node) {
    return inverseRoot(node, node.sub(node.square(x(node)), node.number(1)));
  }

  static String atanh(AdjointContext node) {
    return node.unary("Reciprocal", node.sub(node.number(1), node.square(x(node))));
  }

  private static String inverseRoot(AdjointContext node, String square) {
    return node.unary("Reciprocal", node.unary("Sqrt", square));
  }

  /** 2/√π · exp(−x²). */
  static String erf(AdjointContext node) {
    String bell = node.unary("Exp", node.unary("Neg", node.square(x(node))));
    return node.mul(node.number(2 / Math.sqrt(Math.PI)), bell);
  }

  static String softplus(AdjointContext node) {
    return node.unary("Sigmoid", x(node));
  }

  /** 1/(1 + |x|)². */
  static String softsign(AdjointContext node) {
    String denominator = node.add(node.number(1), node.unary("Abs", x(node)));
    return node.unary("Reciprocal", node.square(denominator));
  }

  /** 1 on the positive side, slope · exp(x/scale) on the other; at 0 the latter. */
  private static String exponentialBelow(AdjointContext node, double slope, double scale) {
    // Never exp of a large number, which the comparison would throw away too late.
    String below = node.emit("Min", List.of(x(node), node.number(0)));
    String exp = node.unary("Exp", node.div(below, node.number(scale)));
    String positive = node.emit("Greater", List.of(x(node), node.number(0)));
    return node.where(positive, node.number(1), node.mul(node.number(slope), exp));
  }

  static String elu(AdjointContext node) {
    return exponentialBelow(node, node.attributes().real("alpha", 1), 1);
  }

  static String celu(AdjointContext node) {
    return exponentialBelow(node, 1, node.attributes().real("alpha", 1));
  }

  static String selu(AdjointContext node) {
    float alpha = node.attributes().real("alpha", 1.67326319217681884765625f);
    float gamma = node.attributes().real("gamma", 1.05070102214813232421875f);
    return node.mul(node.number(gamma), exponentialBelow(node, alpha, 1));
  }

  static String thresholdedRelu(AdjointContext node) {
    return node.indicator("Greater", x(node), node.number(node.attributes().real("alpha", 1)));
  }

  /** x · clip(x/6 + 1/2, 0, 1): x/3 + 1/2 within ±3; at −3 as {@link BoundRules#relu}. */
  static String hardSwish(AdjointContext node) {
    String below = node.compare("LessOrEqual", x(node), node.number(-3));
    if (!node.isBehindWeights(0)) {
      // From −3 on the function falls.
      String rising = node.compare("GreaterOrEqual", node.cotangent(), node.number(0));
      String outside = node.compare("Less", x(node), node.number(-3));
      below = node.emit("Or", List.of(outside, node.emit("And", List.of(below, rising))));
    }
    String above = node.emit("GreaterOrEqual", List.of(x(node), node.number(3)));
    String within = node.add(node.div(x(node), node.number(3)), node.number(0.5));
    return node.where(below, node.number(0), node.where(above, node.number(1), within));
  }

  /** x · t for t = tanh(softplus(x)): t + x · (1 − t²) · sigmoid(x). */
  static String mish(AdjointContext node) {
    String t = node.unary("Tanh", node.unary("Softplus", x(node)));
    String slope =
        node.mul(node.sub(node.number(1), node.square(t)), node.unary("Sigmoid", x(node)));
    return node.add(t, node.mul(x(node), slope));
  }

  /** x · s for s = sigmoid(αx): s · (1 + αx · (1 − s)). */
  static String swish(AdjointContext node) {
    String scaled = node.mul(node.number(node.attributes().real("alpha", 1)), x(node));
    String s = node.unary("Sigmoid", scaled);
    String rest = node.mul(scaled, node.sub(node.number(1), s));
    return node.mul(s, node.add(node.number(1), rest));
  }

  /** 1 outside ±λ. */
  static String shrink(AdjointContext node) {
    String bound = node.number(node.attributes().real("lambd", 0.5f));
    return node.indicator("Greater", node.unary("Abs", x(node)), bound);
  }

  /** Exact: Φ(x) + x φ(x), of the normal distribution; or with Hendrycks and Gimpel's tanh. */
  static String gelu(AdjointContext node) {
    return node.attributes().text("approximate", "none").equals("tanh")
        ? geluByTanh(node)
        : geluByErf(node);
  }

  private static String geluByErf(AdjointContext node) {
    String erf = node.unary("Erf", node.mul(x(node), node.number(Math.sqrt(0.5))));
    String cumulative = node.mul(node.number(0.5), node.add(node.number(1), erf));
    String exponent = node.mul(node.square(x(node)), node.number(-0.5));
    String density = node.mul(node.unary("Exp", exponent), node.number(1 / Math.sqrt(2 * Math.PI)));
    return node.add(cumulative, node.mul(x(node), density));
  }

  /** x (1 + t)/2 for t = tanh(c (x + a x³)): (1 + t)/2 + x (1 − t²) c (1 + 3 a x²)/2. */
  private static String geluByTanh(AdjointContext node) {
    double c = Math.sqrt(2 / Math.PI);
    double a = 0.044715;
    String square = node.square(x(node));
    String stretch = node.add(node.number(c), node.mul(node.number(c * a), square));
    String t = node.unary("Tanh", node.mul(x(node), stretch));
    String slope = node.add(node.number(c / 2), node.mul(node.number(1.5 * c * a), square));
    String bend = node.mul(node.sub(node.number(1), node.square(t)), slope);
    String half = node.mul(node.number(0.5), node.add(node.number(1), t));
    return node.add(half, node.mul(x(node), bend));
  }
}
