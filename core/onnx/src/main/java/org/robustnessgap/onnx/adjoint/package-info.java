/**
 * Turns a model into another one that also computes vector–Jacobian products, so that a runtime
 * only ever runs forward graphs. {@link org.robustnessgap.onnx.adjoint.Differentiator} takes the
 * model and writes the other one; in between, {@code ActiveValues} tells what a gradient flows
 * through, {@code Obstacles} what bars its way, and {@code ReversePass} goes backwards with a rule
 * for each operator.
 */
@NullMarked
package org.robustnessgap.onnx.adjoint;

import org.jspecify.annotations.NullMarked;
