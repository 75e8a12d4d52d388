/** Images of one's own, and the options that say where and how they are stored. */
@NullMarked
package org.robustnessgap.deploy.images;

import org.jspecify.annotations.NullMarked;
