/** A Kafka broker inside this JVM. */
package org.robustnessgap.deploy.broker;
