/** The service that answers jobs: a Kafka loop around {@code attack}. */
@Configuration
@Requires(property = "robustness.service", value = "attack-worker")
package org.robustnessgap.worker;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
