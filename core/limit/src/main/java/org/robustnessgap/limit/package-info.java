/**
 * Upper limits on robustness that hold for every classifier, from the isoperimetry of the Gaussian
 * measure (Fawzi, Fawzi, Fawzi, "Adversarial vulnerability for any classifier", 2018): pure
 * functions without state.
 *
 * <p>Notation: latent z ~ N(0, I_d), generator g, class measures m_i; Φ, φ, Q = 1 − Φ are the
 * standard normal distribution function, density and tail; a_i = Q⁻¹(m_i).
 */
@NullMarked
package org.robustnessgap.limit;

import org.jspecify.annotations.NullMarked;
