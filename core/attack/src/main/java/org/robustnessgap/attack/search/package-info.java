/**
 * What a search for the smallest perturbation starts from and what it ends with: the problem, with
 * its count of evaluations, and the result, verified.
 */
@NullMarked
package org.robustnessgap.attack.search;

import org.jspecify.annotations.NullMarked;
