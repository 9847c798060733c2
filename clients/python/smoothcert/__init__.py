"""Certified robustness by randomized smoothing, for models and arrays of Python.

The command ``smoothcert`` does the work, here or on a server; this package hands it models and arrays, and reads what it
writes. σ and every radius are in pixels scaled to [0, 1], before the model's own normalisation.
"""

from ._errors import SmoothcertError
from ._version import VERSION as __version__

__all__ = ["SmoothcertError", "__version__"]
