"""Certified robustness by randomized smoothing, for models and arrays of Python.

The command ``smoothcert`` does the work, here or on a server; this package hands it models and arrays, and reads what it
writes. σ and every radius are in pixels scaled to [0, 1], before the model's own normalisation.

>>> import smoothcert as sc
>>> run = sc.certify(model, x, y, sigma=[0.25, 0.5, 1.0], normalize=(mean, std), out="runs")  # doctest: +SKIP
>>> run.acr(), run.plot()  # doctest: +SKIP
"""

from ._certify import cancel, certify, predict
from ._check import Check, Finding, check
from ._errors import SmoothcertError
from ._inputs import ServerOptions
from ._load import load
from ._run import Run
from ._runs import Runs
from ._verbs import plan, report, study
from ._verify import verify
from ._version import VERSION as __version__

__all__ = [
    "Check",
    "Finding",
    "Run",
    "Runs",
    "ServerOptions",
    "SmoothcertError",
    "__version__",
    "cancel",
    "certify",
    "check",
    "load",
    "plan",
    "predict",
    "report",
    "study",
    "verify",
]
