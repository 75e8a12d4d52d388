/** Runs models: one small interface, one implementation a runtime. */
@NullMarked
package org.robustnessgap.engine;

import org.jspecify.annotations.NullMarked;
