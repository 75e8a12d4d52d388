/**
 * The few lines of Kafka wiring that every service needs: settings, topics, clients, and reading
 * what may be garbage.
 */
@NullMarked
package org.robustnessgap.service.kafka;

import org.jspecify.annotations.NullMarked;
