/** The command {@code distance}: how far a generator is from data, and what that does to limits. */
@NullMarked
package org.robustnessgap.deploy.distance;

import org.jspecify.annotations.NullMarked;
