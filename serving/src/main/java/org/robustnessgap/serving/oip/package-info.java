/**
 * The Open Inference Protocol, version 2, as MLServer, KServe and Triton speak it: JSON and tensors
 * as bytes over HTTP, and gRPC.
 */
@NullMarked
package org.robustnessgap.serving.oip;

import org.jspecify.annotations.NullMarked;
