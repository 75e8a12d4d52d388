/** The command {@code lower-bounds}: Peck et al.'s experiment on images of one's own. */
@NullMarked
package org.robustnessgap.deploy.bounds;

import org.jspecify.annotations.NullMarked;
