package org.robustnessgap.attack.projection;

import org.jspecify.annotations.Nullable;

/**
 * Where a search for the nearest image begins.
 *
 * @param curvature JᵀJ at a place near z; null if none is known
 */
record Start(float[] z, @Nullable Curvature curvature) {}
