/**
 * How far a generator's distribution is from the data's: what an approximate generator adds to a
 * limit (Fawzi, Fawzi, Fawzi 2018, Theorem 4). Pure functions of samples.
 */
@NullMarked
package org.robustnessgap.distance;

import org.jspecify.annotations.NullMarked;
