/**
 * Runs models on ND4J, operator by operator: {@code Kernels} says how each ONNX operator is
 * computed, {@code Interpreter} walks a graph. Nothing outside this package knows ND4J.
 */
@NullMarked
package org.robustnessgap.engine.nd4j;

import org.jspecify.annotations.NullMarked;
