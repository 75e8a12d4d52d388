/**
 * What is searched on: differentiable maps of rows of numbers, and those that an engine runs in
 * batches. The lowest of these packages; the others build on it.
 */
@NullMarked
package org.robustnessgap.attack.map;

import org.jspecify.annotations.NullMarked;
