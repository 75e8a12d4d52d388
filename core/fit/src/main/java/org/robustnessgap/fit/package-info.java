/** Generators made from images: pure functions of the images and of a seed. */
@NullMarked
package org.robustnessgap.fit;

import org.jspecify.annotations.NullMarked;
