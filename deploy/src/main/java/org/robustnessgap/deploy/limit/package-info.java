/** The command {@code limit}: the theory alone, as a table, as JSON and as a picture. */
@NullMarked
package org.robustnessgap.deploy.limit;

import org.jspecify.annotations.NullMarked;
