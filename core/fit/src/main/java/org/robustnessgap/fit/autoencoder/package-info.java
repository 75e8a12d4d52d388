/** Smooth generators that a variational autoencoder learns from images. */
@NullMarked
package org.robustnessgap.fit.autoencoder;

import org.jspecify.annotations.NullMarked;
