/**
 * Generators made from images, and what training one takes. Pure functions of the images and of a
 * seed; nothing is run.
 */
@NullMarked
package org.robustnessgap.fit;

import org.jspecify.annotations.NullMarked;
