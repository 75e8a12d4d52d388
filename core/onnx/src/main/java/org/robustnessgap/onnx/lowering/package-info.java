/**
 * Rewrites operators without a rule of their own into those that have one: recurrent cells, fused
 * operators, classical models and others.
 */
@NullMarked
package org.robustnessgap.onnx.lowering;

import org.jspecify.annotations.NullMarked;
