/**
 * How far a generator's distribution is from the data's: what an approximate generator adds to a
 * limit (Fawzi, Fawzi, Fawzi 2018, Theorem 4). Pure functions of samples.
 */
package org.robustnessgap.distance;
