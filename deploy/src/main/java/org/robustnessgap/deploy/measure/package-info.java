/** The same attacks, limits and figures as the services', in one process and without Kafka. */
package org.robustnessgap.deploy.measure;
