/** Answers jobs: models in, results out. Knows neither Kafka nor Micronaut. */
package org.robustnessgap.campaign.run;
