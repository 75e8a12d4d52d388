/** Broker and services as processes of their own. */
@NullMarked
package org.robustnessgap.deploy.cluster;

import org.jspecify.annotations.NullMarked;
