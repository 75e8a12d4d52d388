/** Which version aliases of a model registry point to, and what begins when they move. */
@NullMarked
package org.robustnessgap.generator.registry;

import org.jspecify.annotations.NullMarked;
