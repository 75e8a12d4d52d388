/**
 * Which images a model takes: sizes, the input contract before it, and what its first nodes tell of
 * the pixels it wants.
 */
@NullMarked
package org.robustnessgap.onnx.input;

import org.jspecify.annotations.NullMarked;
