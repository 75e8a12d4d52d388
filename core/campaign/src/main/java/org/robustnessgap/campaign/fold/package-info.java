/**
 * What the aggregator knows, as a pure fold over what it reads: {@link
 * org.robustnessgap.campaign.fold.State#apply} takes one {@link
 * org.robustnessgap.campaign.fold.Event} after the other. No clock, no Kafka, no Micronaut.
 */
@NullMarked
package org.robustnessgap.campaign.fold;

import org.jspecify.annotations.NullMarked;
