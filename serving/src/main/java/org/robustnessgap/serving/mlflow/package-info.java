/** MLflow: its scoring server, and its registry, from which ONNX models are fetched. */
@NullMarked
package org.robustnessgap.serving.mlflow;

import org.jspecify.annotations.NullMarked;
