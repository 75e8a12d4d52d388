/**
 * What may be measured of each attacked sample beside its distances, by name. A diagnostic is a
 * class here, its test, and its line in {@code META-INF/services}.
 */
package org.robustnessgap.campaign.diagnostic;
