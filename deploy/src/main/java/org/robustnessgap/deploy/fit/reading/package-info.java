/** Going over images: which are fitted, and some of them kept. */
@NullMarked
package org.robustnessgap.deploy.fit.reading;

import org.jspecify.annotations.NullMarked;
