/** Campaigns seen from outside the services: handing them in, and watching how far they are. */
package org.robustnessgap.deploy.campaign;
