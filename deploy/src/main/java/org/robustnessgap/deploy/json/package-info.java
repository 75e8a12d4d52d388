/** JSON files that people write. */
@NullMarked
package org.robustnessgap.deploy.json;

import org.jspecify.annotations.NullMarked;
