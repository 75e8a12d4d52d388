/** Whether a generator repeats the images that it was fitted to. */
@NullMarked
package org.robustnessgap.fit.memorisation;

import org.jspecify.annotations.NullMarked;
