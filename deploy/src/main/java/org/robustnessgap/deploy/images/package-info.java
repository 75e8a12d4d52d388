/** Images of one's own, and the options that say where and how they are stored. */
package org.robustnessgap.deploy.images;
