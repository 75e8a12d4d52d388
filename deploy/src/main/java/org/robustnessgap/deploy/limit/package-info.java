/** The command {@code limit}: the theory alone, as a table, as JSON and as a picture. */
package org.robustnessgap.deploy.limit;
