/** What the results seen so far say about limits: a fold over messages, without Kafka. */
package org.robustnessgap.campaign.evidence;
