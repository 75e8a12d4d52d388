/**
 * Models as graphs of nodes: reading and writing them, shapes and constants of their values, and
 * what rewriting them needs. The lowest of these packages; the others build on it.
 */
@NullMarked
package org.robustnessgap.onnx.graph;

import org.jspecify.annotations.NullMarked;
