/**
 * Turns an ONNX model into another ONNX model that also computes vector–Jacobian products, so that
 * a runtime only ever runs forward graphs. Reads and writes models, brings them to one operator
 * set, composes and differentiates them; runs nothing itself.
 */
@NullMarked
package org.robustnessgap.onnx;

import org.jspecify.annotations.NullMarked;
