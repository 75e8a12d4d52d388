/** What the page shows, as JSON. Knows neither Kafka nor Micronaut. */
package org.robustnessgap.aggregator.view;
