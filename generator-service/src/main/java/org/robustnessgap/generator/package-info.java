/**
 * The generator service: reads campaigns, sends their jobs to the workers, and sends again what was
 * not answered in time.
 */
@NullMarked
@Configuration
@Requires(property = "robustness.service", value = GeneratorService.NAME)
package org.robustnessgap.generator;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
import org.jspecify.annotations.NullMarked;
