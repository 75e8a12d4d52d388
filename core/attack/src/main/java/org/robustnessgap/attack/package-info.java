/**
 * Minimal perturbations of a classifier’s input, in latent space, on the generator’s manifold and
 * in pixel space, of one classifier and of two. Pure: numbers in, numbers out, no randomness but
 * what is derived from a sample’s ordinal. Here is what users meet; the searches are in the
 * packages below.
 */
@NullMarked
package org.robustnessgap.attack;

import org.jspecify.annotations.NullMarked;
