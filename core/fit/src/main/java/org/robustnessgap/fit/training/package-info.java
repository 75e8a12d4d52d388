/** Finding the weights of a network by descent on its loss, on an engine. */
@NullMarked
package org.robustnessgap.fit.training;

import org.jspecify.annotations.NullMarked;
