/** The paper's table as text. Knows neither Kafka nor Micronaut. */
@NullMarked
package org.robustnessgap.deploy.table;

import org.jspecify.annotations.NullMarked;
