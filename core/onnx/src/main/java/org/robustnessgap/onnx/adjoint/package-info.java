/**
 * Turns a model into another one that also computes vector–Jacobian products, so that a runtime
 * only ever runs forward graphs: {@link org.robustnessgap.onnx.adjoint.Differentiator}, and a rule
 * for each operator.
 */
@NullMarked
package org.robustnessgap.onnx.adjoint;

import org.jspecify.annotations.NullMarked;
