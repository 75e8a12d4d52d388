/**
 * What asking any server has in common: tensors, what goes wrong and when to try again, how fast
 * and with which headers.
 */
@NullMarked
package org.robustnessgap.serving.call;

import org.jspecify.annotations.NullMarked;
