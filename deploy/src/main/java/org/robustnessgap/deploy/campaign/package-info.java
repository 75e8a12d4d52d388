/** Campaigns seen from outside the services: handing them in, and watching how far they are. */
@NullMarked
package org.robustnessgap.deploy.campaign;

import org.jspecify.annotations.NullMarked;
