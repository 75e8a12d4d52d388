/**
 * Lower bounds on a classifier's unconstrained robustness: those of Peck, Roels, Goossens, Saeys
 * (2017) as printed, and one that is certified, through operator norms of the whole graph. A bound
 * is certified for exact arithmetic; rounding inside a float32 runtime is not covered.
 */
@NullMarked
package org.robustnessgap.certificate;

import org.jspecify.annotations.NullMarked;
