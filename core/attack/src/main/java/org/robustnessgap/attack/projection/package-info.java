/**
 * The nearest-point classifier of Fawzi, Fawzi, Fawzi 2018, Theorem 2: f̃(x) = f(g(z*)), z* =
 * argmin ‖g(z) − x‖, and the smallest perturbations that change its label. Pure: numbers in,
 * numbers out.
 */
@NullMarked
package org.robustnessgap.attack.projection;

import org.jspecify.annotations.NullMarked;
