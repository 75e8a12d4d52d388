/**
 * Latent vectors as a function of (seed, ordinal), whatever the batch size, the order or the
 * process that draws them. Knows neither Kafka nor Micronaut.
 */
package org.robustnessgap.campaign.sampling;
