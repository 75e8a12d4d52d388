/** Removes control flow: takes the branches of If, and writes out the steps of Loop and Scan. */
@NullMarked
package org.robustnessgap.onnx.control;

import org.jspecify.annotations.NullMarked;
