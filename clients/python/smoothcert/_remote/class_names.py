"""The names of classes, as they are sent with a job. They are for display: no certificate depends on them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Optional

from .._errors import SmoothcertError
from .model_files import File
from .status import one_line

_LONGEST = 512
_MOST = 65_536


def read_class_names(given: Any) -> Optional[list[str]]:
    """Returns the names of the classes 0, 1, …: of a list, or of a file with one a line or a JSON list; None without any.

    Raises
    ------
    SmoothcertError
        DATA_UNREADABLE, DATA_FORMAT.
    """
    if given is None:
        return None
    names = _of_file(Path(given)) if isinstance(given, (str, Path)) else list(given)
    if len(names) > _MOST or not all(isinstance(name, str) and name.strip() for name in names):
        raise _no_names(given)
    return [one_line(name)[:_LONGEST] for name in names]


def _of_file(file: Path) -> list[Any]:
    try:
        text = file.read_text(encoding="utf-8-sig").rstrip()
    except OSError as cause:
        raise SmoothcertError(
            "DATA_UNREADABLE", f"{file} cannot be read ({cause.strerror}).", "Check the path."
        ) from cause
    except ValueError as cause:
        raise _no_names(file) from cause
    if not text.lstrip().startswith("["):
        return text.splitlines()
    try:
        names: list[Any] = json.loads(text)
        return names
    except ValueError as cause:
        raise _no_names(file) from cause


def write_names(names: list[str], folder: Path) -> File:
    """Writes the names as the artifact that a server takes."""
    content = json.dumps({"files": None, "classes": names}, ensure_ascii=False, separators=(",", ":")) + "\n"
    file = folder / "names.json"
    file.write_bytes(content.encode("utf-8"))
    return File(file, hashlib.sha256(content.encode("utf-8")).hexdigest(), "FILE")


def require_names(names: list[str], classes: int) -> None:
    """Raises OPTION_INVALID unless there is a name for each class of the model."""
    if len(names) == classes:
        return
    raise SmoothcertError(
        "OPTION_INVALID",
        f"class_names= has {len(names)} names, and the model has {classes} classes.",
        f"Name the classes 0 to {classes - 1} in their order, or leave class_names= out.",
    )


def _no_names(given: Any) -> SmoothcertError:
    return SmoothcertError(
        "DATA_FORMAT",
        f"{str(given)[:200]} holds no names of classes.",
        "Write one name a line, class 0 first; or give a list of texts.",
    )
