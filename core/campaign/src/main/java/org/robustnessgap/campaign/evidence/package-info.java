/** What the results seen so far say about limits: a fold over messages, without Kafka. */
@NullMarked
package org.robustnessgap.campaign.evidence;

import org.jspecify.annotations.NullMarked;
