package org.robustnessgap.certificate;

import org.jspecify.annotations.Nullable;
import org.robustnessgap.messages.StableApi;

/**
 * How far the nearest change of label is at least, in ℓ2 norm and in pixel space without a box.
 *
 * @param label the classifier's own; −1 if its logits are not finite
 * @param certified true whatever the perturbation; 0 if it says nothing
 * @param peck the bound of Peck et al. as printed, which may be false; null if the classifier is no
 *     chain of their layers
 */
@StableApi
public record LowerBound(int label, double certified, @Nullable Double peck) {}
