/**
 * Opens ONNX files for attack: {@link org.robustnessgap.onnx.ModelImport} brings a model, by way of
 * the packages below, to the form that can be differentiated; {@link
 * org.robustnessgap.onnx.ClassifierModel} finds its scores. Runs nothing itself.
 */
@NullMarked
package org.robustnessgap.onnx;

import org.jspecify.annotations.NullMarked;
