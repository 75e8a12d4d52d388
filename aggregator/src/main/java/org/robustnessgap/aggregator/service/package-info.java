/** The shell around the fold: Kafka, metrics, page. */
@NullMarked
@Configuration
@Requires(property = "robustness.service", value = AggregatorService.NAME)
package org.robustnessgap.aggregator.service;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
import org.robustnessgap.aggregator.AggregatorService;
