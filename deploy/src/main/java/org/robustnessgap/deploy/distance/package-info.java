/** The command {@code distance}: how far a generator is from data, and what that does to limits. */
package org.robustnessgap.deploy.distance;
