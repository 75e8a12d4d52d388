/**
 * What may be measured of each attacked sample beside its distances, by name. A diagnostic is a
 * class here, its test, and its line in {@code META-INF/services}.
 */
@NullMarked
package org.robustnessgap.campaign.diagnostic;

import org.jspecify.annotations.NullMarked;
