/** From images and a classifier to a campaign: other commands in a row, and what they need. */
@NullMarked
package org.robustnessgap.deploy.watch;

import org.jspecify.annotations.NullMarked;
