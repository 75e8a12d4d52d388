package org.robustnessgap.campaign.plan;

import org.jspecify.annotations.Nullable;

/**
 * Images that a served classifier was asked about in a campaign, by all workers together.
 *
 * @param spent as results tell; of jobs given up, as many as they may have asked about
 * @param left of the queries that its endpoint allows in all; null for no limit
 */
public record Queries(long spent, @Nullable Long left) {}
