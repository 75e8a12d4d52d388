/** Broker and all services in one JVM, on a temporary directory. */
@NullMarked
package org.robustnessgap.deploy.local;

import org.jspecify.annotations.NullMarked;
