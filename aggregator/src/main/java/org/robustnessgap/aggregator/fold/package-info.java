/**
 * What the aggregator knows, as a pure fold over what it reads: {@link
 * org.robustnessgap.aggregator.fold.State#apply} takes one {@link
 * org.robustnessgap.aggregator.fold.Event} after the other. No clock, no Kafka, no Micronaut.
 */
package org.robustnessgap.aggregator.fold;
