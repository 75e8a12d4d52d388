/** The command {@code lower-bounds}: Peck et al.'s experiment on images of one's own. */
package org.robustnessgap.deploy.bounds;
