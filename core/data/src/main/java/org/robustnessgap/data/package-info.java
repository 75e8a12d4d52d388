/**
 * Images as data: files, folders and archives of many formats, read one image at a time and brought
 * to the pixels that a classifier or generator speaks of. Knows no model; {@link Images} is the way
 * in.
 *
 * <p>Pixels are those that a file stores: no colour profile, no gamma and no EXIF orientation is
 * applied, as in PIL, torchvision and TensorFlow unless they are told.
 */
@NullMarked
package org.robustnessgap.data;

import org.jspecify.annotations.NullMarked;
