/**
 * Distances as a mergeable histogram, and quantiles of them with distribution-free intervals. Knows
 * neither Kafka nor Micronaut.
 */
@NullMarked
package org.robustnessgap.campaign.quantile;

import org.jspecify.annotations.NullMarked;
