/**
 * Integers that models make of images, computed as real numbers, so that a gradient can flow
 * through.
 */
@NullMarked
package org.robustnessgap.onnx.integer;

import org.jspecify.annotations.NullMarked;
