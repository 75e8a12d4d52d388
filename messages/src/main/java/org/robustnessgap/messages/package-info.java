/**
 * What travels on the topics: validated records, their JSON form and the topic catalogue. Knows
 * neither Kafka nor Micronaut.
 */
@NullMarked
package org.robustnessgap.messages;

import org.jspecify.annotations.NullMarked;
