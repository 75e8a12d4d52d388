/** Broker and all services in one JVM, on a temporary directory. */
package org.robustnessgap.deploy.local;
