/** The command line: one entry point for the demonstration, the services and the tools. */
@NullMarked
package org.robustnessgap.deploy;

import org.jspecify.annotations.NullMarked;
