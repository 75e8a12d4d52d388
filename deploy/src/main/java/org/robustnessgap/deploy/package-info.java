/** The command line: one entry point for the demonstration, the services and the tools. */
package org.robustnessgap.deploy;
