/**
 * Campaigns of live traffic: a reader for each topic, which never keeps the generator waiting, and
 * what of its windows becomes jobs.
 */
@NullMarked
package org.robustnessgap.generator.traffic;

import org.jspecify.annotations.NullMarked;
