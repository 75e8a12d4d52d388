/**
 * Latent vectors as a function of (seed, ordinal), whatever the batch size, the order or the
 * process that draws them. Knows neither Kafka nor Micronaut.
 */
@NullMarked
package org.robustnessgap.campaign.sampling;

import org.jspecify.annotations.NullMarked;
