/** Line charts as SVG: numbers in, text out, the same on every machine. */
package org.robustnessgap.deploy.plot;
