package org.robustnessgap.attack.map;

import org.robustnessgap.messages.Access;

/**
 * One map behind another, x ↦ outer(inner(x)). Where both are models, one graph of both is faster.
 *
 * @param inner stays its owner's to close
 * @param outer likewise; of its kind is what may be learned of both
 */
public record ComposedMap(DifferentiableMap inner, DifferentiableMap outer)
    implements DifferentiableMap {
  public ComposedMap {
    if (inner.outputSize() != outer.inputSize()) {
      throw new IllegalArgumentException(
          inner.outputSize() + " numbers do not fit a map of " + outer.inputSize());
    }
  }

  @Override
  public int inputSize() {
    return inner.inputSize();
  }

  @Override
  public int outputSize() {
    return outer.outputSize();
  }

  @Override
  public Access access() {
    return inner.access().atMost(outer.access());
  }

  @Override
  public Rows apply(Rows points) {
    return outer.apply(inner.apply(points));
  }

  @Override
  public Rows answer(Rows points) {
    return outer.answer(inner.apply(points));
  }

  @Override
  public boolean answersOtherwise() {
    return outer.answersOtherwise();
  }

  @Override
  public Product vjp(Rows points, Rows cotangents) {
    Product outside = outer.vjp(inner.apply(points), cotangents);
    return new Product(outside.values(), inner.vjp(points, outside.gradients()).gradients());
  }
}
