/**
 * What production sees, as samples: records of a topic become images, and of each window of time
 * some are drawn, each with the same probability. Pure: time and seeds are arguments; knows no
 * Kafka client.
 */
@NullMarked
package org.robustnessgap.traffic;

import org.jspecify.annotations.NullMarked;
