/**
 * The few lines of Kafka wiring that every service needs: settings, topics, clients, and reading
 * what may be garbage.
 */
package org.robustnessgap.service.kafka;
