/** Options that say what model files leave open. */
package org.robustnessgap.deploy.model;
