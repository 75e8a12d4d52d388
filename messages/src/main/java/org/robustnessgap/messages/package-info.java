/**
 * What travels on the topics: validated records, their JSON form and the topic catalogue. Knows
 * neither Kafka nor Micronaut.
 */
package org.robustnessgap.messages;
