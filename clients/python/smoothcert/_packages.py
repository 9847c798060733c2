"""Imports of packages that are used only where somebody asks for what they do."""

from __future__ import annotations

import importlib
from typing import Any

from ._errors import SmoothcertError


def optional_package(name: str, purpose: str) -> Any:
    """Returns a module. Raises SmoothcertError ``PACKAGE_MISSING``, which says what to type.

    Parameters
    ----------
    name : str
        For example ``"matplotlib.pyplot"``.
    purpose : str
        What needs it, as the subject of a sentence.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.split(".")[0]
        raise SmoothcertError(
            "PACKAGE_MISSING", f"{purpose} needs {package}, which is not installed.", f"Type: python -m pip install {package}"
        ) from error
