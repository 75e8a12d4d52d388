/** The service that turns results into limits: a Kafka loop around {@code evidence}. */
@NullMarked
@Configuration
@Requires(property = "robustness.service", value = "bound-service")
package org.robustnessgap.bound;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
