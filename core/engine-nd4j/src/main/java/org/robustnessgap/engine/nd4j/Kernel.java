package org.robustnessgap.engine.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How ND4J computes one ONNX operator. */
@FunctionalInterface
interface Kernel {
  /**
   * @return the first output; further ones are handed to {@link NodeRun#output}
   */
  INDArray compute(NodeRun node);
}
