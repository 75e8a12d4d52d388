/**
 * The forms in which records hold what a classifier is asked, a class each; {@link
 * org.robustnessgap.traffic.format.TrafficFormats} lists them.
 */
@NullMarked
package org.robustnessgap.traffic.format;

import org.jspecify.annotations.NullMarked;
