/** Answers jobs: models in, results out. Knows neither Kafka nor Micronaut. */
@NullMarked
package org.robustnessgap.campaign.run;

import org.jspecify.annotations.NullMarked;
