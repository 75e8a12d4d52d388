/**
 * Distances as a mergeable histogram, and quantiles of them with distribution-free intervals. Knows
 * neither Kafka nor Micronaut.
 */
package org.robustnessgap.campaign.quantile;
