/** Options that say what model files leave open. */
@NullMarked
package org.robustnessgap.deploy.model;

import org.jspecify.annotations.NullMarked;
