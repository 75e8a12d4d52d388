/** What makes of N(0, I) another distribution of vectors, known from draws alone. */
@NullMarked
package org.robustnessgap.fit.flow;

import org.jspecify.annotations.NullMarked;
