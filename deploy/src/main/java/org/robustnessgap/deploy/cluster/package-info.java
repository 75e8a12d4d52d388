/** Broker and services as processes of their own. */
package org.robustnessgap.deploy.cluster;
