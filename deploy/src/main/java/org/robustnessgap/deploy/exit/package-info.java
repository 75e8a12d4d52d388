/** What commands exit with. */
@NullMarked
package org.robustnessgap.deploy.exit;

import org.jspecify.annotations.NullMarked;
