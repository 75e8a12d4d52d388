/** Runs models: one small interface, one implementation a runtime. */
package org.robustnessgap.engine;
