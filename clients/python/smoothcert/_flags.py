"""Turns keyword arguments into flags of the command, which says itself which it has."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
from functools import lru_cache
from typing import Any, Iterable, List, Mapping, Optional, Tuple

import numpy as np

from ._command import find_command
from ._errors import SmoothcertError

#: Flags by which this package talks to the command.
OURS = frozenset({"json", "json-lines", "quiet", "print-config", "help"})
#: Arguments of the functions that are no flags of the command.
_ALL = ("model", "x", "y", "sigma", "normalize", "out")
OWN = {
    "certify": (*_ALL, "server", "token", "tls", "progress"),
    "predict": (*_ALL, "progress"),
    "plan": (*_ALL, "from_"),
    "study": (*_ALL, "from_"),
    "check": _ALL[:-1],
    "verify": _ALL[:3],
}
#: Names that others use, and flags with an argument of another name.
RENAMED = {"data": "x", "labels": "y", "normalise": "normalize", "normalization": "normalize", "n": "max_samples"}
#: Flags that are given once a value; the others take a list with commas.
REPEATED = frozenset({"from"})

_LINE = re.compile(r"^  (?:-\w, )?--([a-z0-9-]+)( <)?", re.MULTILINE)


@lru_cache(maxsize=None)
def known_flags(words: Tuple[str, ...], verb: str) -> Mapping[str, bool]:
    """Returns the flags that ``verb --help`` lists, each with True if it takes a value."""
    done = subprocess.run([*words, verb, "--help"], capture_output=True, text=True, encoding="utf-8", check=True)
    return {name: bool(value) for name, value in _LINE.findall(done.stdout)}


def flag_name(keyword: str) -> str:
    """Returns the flag of a keyword: ``max-samples`` of ``max_samples``, ``from`` of ``from_``."""
    return keyword.rstrip("_").replace("_", "-")


def arguments(words: Tuple[str, ...], verb: str, flags: Mapping[str, object]) -> List[str]:
    """Returns the words of a command line for keyword arguments.

    Parameters
    ----------
    words : tuple of str
        The command, which is asked for its flags.
    verb : str
        For example ``"certify"``.
    flags : mapping
        Values by keyword. ``None`` and ``False`` leave a flag out; ``True`` gives one without a value; a list, tuple
        or array is written with commas, and a ``slice`` or ``range`` as start:stop:step.

    Raises
    ------
    SmoothcertError
        ``OPTION_INVALID`` for a keyword that is no flag, naming the nearest one, or a value that cannot be written.
    """
    known = known_flags(words, verb)
    line: List[str] = []
    for keyword, value in flags.items():
        name = flag_name(keyword)
        if name not in known or name in OURS:
            raise _unknown(verb, keyword, known)
        line.extend(_written(keyword, name, known[name], value))
    return line


def require_flags(verb: str, flags: Mapping[str, object]) -> None:
    """Raises SmoothcertError ``OPTION_INVALID`` for keywords that are no flags of the command, and values that cannot be written."""
    arguments(find_command(), verb, flags)


def _written(keyword: str, name: str, takes_value: bool, value: object) -> List[str]:
    if value is None:
        return []
    if isinstance(value, (bool, np.bool_)):
        if takes_value and value:
            raise _wrong(keyword, value, "needs a value", f"Write for example {keyword}=… with the value.")
        return [f"--{name}"] if value else []
    if not takes_value:
        raise _wrong(keyword, value, "is True or False", f"Write {keyword}=True, or leave it out.")
    if name in REPEATED and isinstance(value, (list, tuple)):
        return [f"--{name}={_text(keyword, one)}" for one in value]
    return [f"--{name}={_text(keyword, value)}"]


def _text(keyword: str, value: Any) -> str:
    """Returns a value as the command line has it."""
    if isinstance(value, (str, os.PathLike)):
        return str(os.fspath(value))
    if isinstance(value, (slice, range)):
        return _range(value)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return str(value) if isinstance(value, np.floating) else repr(value)
    items = _items(value)
    if items is None or len(items) == 0:
        raise _wrong(keyword, value, "is no number, text, range or list of them", "Give one of these.")
    return ",".join(_text(keyword, item) for item in items)


def _items(value: Any) -> Optional[List[Any]]:
    """Returns the items of a list, tuple, array or tensor of one axis; ``None`` of anything else."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.ndim <= 1:
        return list(value.reshape(-1))
    return None


def _range(value: Any) -> str:
    parts = ("" if part is None else str(part) for part in (value.start, value.stop, value.step))
    return ":".join(parts)


def _wrong(keyword: str, value: object, what: str, remedy: str) -> SmoothcertError:
    shown = repr(value)
    return SmoothcertError("OPTION_INVALID", f"{keyword}={shown[:80]}: {keyword} {what}.", remedy)


def _unknown(verb: str, keyword: str, known: Iterable[str]) -> SmoothcertError:
    if flag_name(keyword) in OURS:
        return SmoothcertError(
            "OPTION_INVALID",
            f"{keyword} is not given by hand: this package asks the command for what it needs.",
            f"Leave {keyword} out. progress=False shows no progress.",
        )
    hidden = {*OURS, *RENAMED}
    names = [*OWN.get(verb, ()), *(name.replace("-", "_") for name in known if name not in hidden)]
    near = [RENAMED[keyword]] if keyword in RENAMED else difflib.get_close_matches(keyword, names, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}? " if near else ""
    return SmoothcertError(
        "OPTION_INVALID",
        f"{verb} has no argument {keyword}.",
        f"{hint}help(sc.{verb}) has the usual ones; docs/configuration.md of smoothcert has all flags, with - for _.",
    )
