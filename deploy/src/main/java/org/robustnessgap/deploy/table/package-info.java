/** The paper's table as text. Knows neither Kafka nor Micronaut. */
package org.robustnessgap.deploy.table;
