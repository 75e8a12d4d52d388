/**
 * What every service's process has in common: command line, supervised loop, {@code /metrics},
 * health. A service adds a package annotated {@code @Configuration @Requires(property =
 * "robustness.service", value = "its name")}, so that several services can share one class path.
 */
@NullMarked
package org.robustnessgap.service;

import org.jspecify.annotations.NullMarked;
