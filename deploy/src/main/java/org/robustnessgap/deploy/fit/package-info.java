/** The command {@code fit}: a generator for those who have images only. */
@NullMarked
package org.robustnessgap.deploy.fit;

import org.jspecify.annotations.NullMarked;
