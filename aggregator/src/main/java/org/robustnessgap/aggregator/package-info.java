/** The aggregator: folds results and limits into the robustness gap, and shows it. */
@NullMarked
package org.robustnessgap.aggregator;

import org.jspecify.annotations.NullMarked;
