/**
 * The attack of this project: from beyond the boundary down along it, towards the sample, until the
 * KKT conditions hold.
 */
@NullMarked
package org.robustnessgap.attack.descent;

import org.jspecify.annotations.NullMarked;
