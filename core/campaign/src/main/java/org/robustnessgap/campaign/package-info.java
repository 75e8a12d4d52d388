/**
 * A campaign as four pure steps, each a package: {@code plan} cuts it into jobs, {@code run}
 * answers them, {@code evidence} turns answers into limits, {@code fold} holds what was measured
 * against these. The services do one step each and talk over topics; {@link
 * org.robustnessgap.campaign.LocalCampaign} does all four in one process.
 */
@NullMarked
package org.robustnessgap.campaign;

import org.jspecify.annotations.NullMarked;
