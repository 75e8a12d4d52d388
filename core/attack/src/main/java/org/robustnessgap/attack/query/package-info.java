/** Classifiers that can only be asked: what answers tell, and what may come between. */
@NullMarked
package org.robustnessgap.attack.query;

import org.jspecify.annotations.NullMarked;
