/** The service that answers jobs: a Kafka loop around {@code attack}. */
@NullMarked
@Configuration
@Requires(property = "robustness.service", value = "attack-worker")
package org.robustnessgap.worker;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
