/** What takes time inside a process, each beside a baseline that is measured in the same run. */
@NullMarked
package org.robustnessgap.benchmarks;

import org.jspecify.annotations.NullMarked;
