/** The same attacks, limits and figures as the services', in one process and without Kafka. */
@NullMarked
package org.robustnessgap.deploy.measure;

import org.jspecify.annotations.NullMarked;
