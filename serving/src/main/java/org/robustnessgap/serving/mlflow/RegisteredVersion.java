package org.robustnessgap.serving.mlflow;

/**
 * A version of a registered model.
 *
 * @param name of the model
 * @param version as the registry counts
 * @param source where the registry says that its files are
 */
record RegisteredVersion(String name, String version, String source) {}
