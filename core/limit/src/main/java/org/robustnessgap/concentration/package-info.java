/**
 * How much adversarial risk the concentration of data forces on a classifier that errs at all,
 * estimated from images alone (Mahloujifar, Zhang, Mahmoody, Evans, "Empirically Measuring
 * Concentration", 2019; Prescott, Zhang, Evans, "Improved Estimation of Concentration Under ℓp-Norm
 * Distance Metrics Using Half Spaces", 2021). Pure functions of images and seeds.
 *
 * <p>Notation: E an error set, E_ε all points within ε of it, μ the distribution of the data. What
 * the data force at risk α is h(α, ε) = inf {μ(E_ε) : μ(E) ≥ α}: no classifier of risk at least α
 * has less adversarial risk at ε. Each set found bounds h from above and none bounds it from below,
 * where only h ≥ α is known. The first paper proves that the least of suitable families that grow
 * with the number of images converges to h; that a search finds the least is not proven.
 */
@NullMarked
package org.robustnessgap.concentration;

import org.jspecify.annotations.NullMarked;
