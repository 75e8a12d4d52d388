/** The command {@code attach}: what a served model is, and a campaign that measures it. */
@NullMarked
package org.robustnessgap.deploy.attach;

import org.jspecify.annotations.NullMarked;
