/** JSON files that people write. */
package org.robustnessgap.deploy.json;
