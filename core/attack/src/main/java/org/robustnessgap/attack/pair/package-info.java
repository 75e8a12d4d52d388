/** The smallest perturbation that changes the labels of two classifiers at once. */
@NullMarked
package org.robustnessgap.attack.pair;

import org.jspecify.annotations.NullMarked;
