/**
 * Minimal perturbations of classifiers that are only asked: slopes estimated from scores, or the
 * lie of the boundary from labels.
 */
@NullMarked
package org.robustnessgap.attack.query.search;

import org.jspecify.annotations.NullMarked;
