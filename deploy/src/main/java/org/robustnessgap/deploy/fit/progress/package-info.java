/** What is seen and kept of a training while it runs. */
@NullMarked
package org.robustnessgap.deploy.fit.progress;

import org.jspecify.annotations.NullMarked;
