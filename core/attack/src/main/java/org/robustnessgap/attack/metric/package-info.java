/**
 * How long perturbations are, and which point of a half-space or polyhedron is nearest: by norms,
 * and by how far a generator moves its images.
 */
@NullMarked
package org.robustnessgap.attack.metric;

import org.jspecify.annotations.NullMarked;
