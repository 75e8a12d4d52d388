/**
 * Where in a model its scores are: behind exporters’ further outputs, and before what flattens
 * them.
 */
@NullMarked
package org.robustnessgap.onnx.scores;

import org.jspecify.annotations.NullMarked;
