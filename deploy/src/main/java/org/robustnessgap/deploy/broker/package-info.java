/** A Kafka broker inside this JVM. */
@NullMarked
package org.robustnessgap.deploy.broker;

import org.jspecify.annotations.NullMarked;
