/**
 * Minimal perturbations of a classifier's input, in latent space, on the generator's manifold and
 * in pixel space, and how far a generator moves. Pure: numbers in, numbers out, no randomness but
 * what is derived from a sample's ordinal.
 */
package org.robustnessgap.attack;
