/**
 * Whether inputs and answers look like those of a classifier on its images; what does not is told
 * as a suspicion.
 */
@NullMarked
package org.robustnessgap.attack.plausibility;

import org.jspecify.annotations.NullMarked;
