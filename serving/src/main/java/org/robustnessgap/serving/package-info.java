/**
 * Classifiers that servers hold: {@link org.robustnessgap.serving.ServedModels} makes one that can
 * be asked of an address. Knows neither Kafka nor a command line.
 */
@NullMarked
package org.robustnessgap.serving;

import org.jspecify.annotations.NullMarked;
