/**
 * How campaigns are cut into jobs, and which job is due when: pure, with time as an argument. Knows
 * neither Kafka nor Micronaut.
 */
@NullMarked
package org.robustnessgap.campaign.plan;

import org.jspecify.annotations.NullMarked;
