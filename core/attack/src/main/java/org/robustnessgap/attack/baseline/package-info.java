/** Attacks of the literature, for comparison: DeepFool and the fast gradient sign method. */
@NullMarked
package org.robustnessgap.attack.baseline;

import org.jspecify.annotations.NullMarked;
