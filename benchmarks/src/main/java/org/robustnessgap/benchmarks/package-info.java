/** What takes time inside a process, each beside a baseline that is measured in the same run. */
package org.robustnessgap.benchmarks;
