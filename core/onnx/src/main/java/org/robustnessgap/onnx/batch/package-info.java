/** Opens models that were exported for one batch size to any other. */
@NullMarked
package org.robustnessgap.onnx.batch;

import org.jspecify.annotations.NullMarked;
