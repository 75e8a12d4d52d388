/**
 * Generators: their images, how long a latent perturbation is there, and how far one can move them.
 */
@NullMarked
package org.robustnessgap.attack.generator;

import org.jspecify.annotations.NullMarked;
