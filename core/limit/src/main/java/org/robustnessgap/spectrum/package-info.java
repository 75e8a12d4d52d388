/** The largest eigenvalues of symmetric matrices that are known by their products. */
@NullMarked
package org.robustnessgap.spectrum;

import org.jspecify.annotations.NullMarked;
