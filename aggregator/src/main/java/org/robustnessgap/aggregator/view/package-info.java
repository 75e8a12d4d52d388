/** What the page shows, as JSON. Knows neither Kafka nor Micronaut. */
@NullMarked
package org.robustnessgap.aggregator.view;

import org.jspecify.annotations.NullMarked;
