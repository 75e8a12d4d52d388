/** The aggregator: folds results and limits into the robustness gap, and shows it. */
package org.robustnessgap.aggregator;
