"""Writes the latent vectors of the comparison: 256 rows from N(0, I) of length 100, little-endian float32."""

import sys

import numpy as np

# NumPy promises never to change the stream of RandomState.
np.random.RandomState(1).standard_normal((256, 100)).astype("<f4").tofile(sys.argv[1])
