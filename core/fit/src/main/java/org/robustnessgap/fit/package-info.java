/** Generators made from images. Pure functions of the images and of a seed; nothing is run. */
@NullMarked
package org.robustnessgap.fit;

import org.jspecify.annotations.NullMarked;
