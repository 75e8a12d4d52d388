package org.robustnessgap.data;

import org.jspecify.annotations.Nullable;

/**
 * An image as a model takes it.
 *
 * @param name where it came from, for instance {@code archive.zip!a/cat.png} or {@code
 *     train-images-idx3-ubyte[17]}
 * @param values its pixels, in the layout of its {@link ImageForm}
 * @param label the class that the data say it has, from 0; null if they do not
 */
public record FittedImage(String name, float[] values, @Nullable Integer label) {}
