/** Servers of models that answer, and fail, as tests want; other modules' tests use them, too. */
package org.robustnessgap.serving.fake;
