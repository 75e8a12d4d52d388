/** Line charts as SVG: numbers in, text out, the same on every machine. */
@NullMarked
package org.robustnessgap.deploy.plot;

import org.jspecify.annotations.NullMarked;
