/** Networks that are trained, as nodes of a graph and the names of their weights. */
@NullMarked
package org.robustnessgap.fit.network;

import org.jspecify.annotations.NullMarked;
