"""Finds the command ``smoothcert``, and says where it was looked for if it is nowhere."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shlex
import shutil
import stat
import subprocess
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Iterator, Optional, Tuple
from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from ._errors import SmoothcertError
from ._version import VERSION

#: The compiled command below the root of a clone, and of the package of npm.
MAIN = Path("dist", "cli", "main.js")


def find_command() -> Tuple[str, ...]:
    """Returns the words that start the command.

    They are, in this order: those of the variable ``SMOOTHCERT`` (a command line, an executable file, or a folder with
    ``dist/cli/main.js``); ``smoothcert`` on the search path; the clone that this package was installed from, if it is
    built; ``node_modules/smoothcert`` of the current folder alone, if nobody but this user and root can write there.
    Nothing is downloaded.

    Raises
    ------
    SmoothcertError
        ``COMMAND_NOT_FOUND``.
    """
    told = os.environ.get("SMOOTHCERT", "").strip()
    words = _from_variable(told) if told else (_installed() or _of_npm())
    if words is None:
        raise _not_found(told)
    _warn_of_other_version(words)
    return words


def command_or_none() -> Optional[Tuple[str, ...]]:
    """Returns the words that start the command, ``None`` if it is nowhere; that of the current folder is not asked.

    To read a folder of somebody's results is not to trust what lies beside it.
    """
    told = os.environ.get("SMOOTHCERT", "").strip()
    return _from_variable(told) if told else _installed()


def is_of_npm(words: Tuple[str, ...]) -> bool:
    """Returns True of a command that was found in the current folder."""
    return words == _of_npm()


def _from_variable(told: str) -> Optional[Tuple[str, ...]]:
    path = Path(told).expanduser()
    if path.is_dir():
        return _of_root(path)
    if path.is_file():
        return _of_file(path)
    words = shlex.split(told)
    program = shutil.which(words[0])
    return None if program is None else (program, *words[1:])


def _installed() -> Optional[Tuple[str, ...]]:
    found = shutil.which("smoothcert")
    if found is not None:
        return (found,)
    for root in _roots():
        words = _of_root(root)
        if words is not None:
            return words
    return None


def _of_npm() -> Optional[Tuple[str, ...]]:
    """Returns the command of the npm package of the current folder, unless another user put it there or could change it."""
    root = Path.cwd() / "node_modules" / "smoothcert"
    main = root / MAIN
    places = (Path.cwd(), root.parent, root, root / "dist", main.parent, main)
    return _of_root(root) if all(map(_is_ours, places)) else None


def _is_ours(place: Path) -> bool:
    """Returns True of what belongs to this user or to root, and that not everybody may write to."""
    if not hasattr(os, "getuid"):
        return place.exists()
    try:
        state = place.stat()
    except OSError:
        return False
    return state.st_uid in (os.getuid(), 0) and not state.st_mode & stat.S_IWOTH


def _of_root(root: Path) -> Optional[Tuple[str, ...]]:
    main = root / MAIN
    return _of_file(main) if main.is_file() else None


def _of_file(file: Path) -> Optional[Tuple[str, ...]]:
    if file.suffix not in (".js", ".mjs"):
        return (str(file),)
    node = shutil.which("node")
    return None if node is None else (node, str(file))


def _roots() -> Iterator[Path]:
    """Yields clones that may hold the command."""
    source = Path(__file__).resolve().parent.parent
    for package in (_installed_from(), source):
        # clients/python of a clone
        if package is not None and (package.parent.parent / "package.json").is_file():
            yield package.parent.parent


def _installed_from() -> Optional[Path]:
    """Returns the folder that pip installed this package from (PEP 610); ``None`` if it was no folder."""
    try:
        text = importlib.metadata.distribution("smoothcert").read_text("direct_url.json")
        url = urlparse(json.loads(text or "{}").get("url", ""))
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    return Path(url2pathname(unquote(url.path))) if url.scheme == "file" else None


@lru_cache(maxsize=None)
def version_of(words: Tuple[str, ...]) -> str:
    """Returns the version that a command prints. Raises SmoothcertError ``COMMAND_NOT_FOUND`` if it cannot be started."""
    try:
        done = subprocess.run([*words, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise SmoothcertError(
            "COMMAND_NOT_FOUND",
            f"{shlex.join(words)} cannot be started ({error.strerror}).",
            "Set SMOOTHCERT to a command line that works in a shell, for example: node /path/to/dist/cli/main.js",
        ) from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise SmoothcertError(
            "COMMAND_NOT_FOUND",
            f"{shlex.join(words)} --version ended with {done.returncode}: {last}",
            "Try that line in a shell; it needs Node.js 20.19 or later, and a clone has to be built: npm install && npm run build",
        )
    return done.stdout.strip()


def _warn_of_other_version(words: Tuple[str, ...]) -> None:
    theirs = version_of(words)
    if theirs != VERSION:
        warnings.warn(
            f"The command {shlex.join(words)} is smoothcert {theirs}, and this package is {VERSION}: "
            "install both from the same place.",
            stacklevel=3,
        )


def _not_found(told: str) -> SmoothcertError:
    node = "" if shutil.which("node") else "Install Node.js 20.19 or later first (https://nodejs.org). "
    if told:
        return SmoothcertError(
            "COMMAND_NOT_FOUND",
            f"SMOOTHCERT={told} is no command, no file and no folder of a built clone.",
            f"{node}Set it to a command line that works in a shell, for example: node /path/to/dist/cli/main.js",
        )
    clone = _clone()
    where = "the folder of a clone of smoothcert" if clone is None else str(clone)
    return SmoothcertError(
        "COMMAND_NOT_FOUND",
        "The command smoothcert, which does the work, is neither in SMOOTHCERT nor on the search path, "
        "nor built where this package comes from, nor among the npm packages of this folder.",
        f"{node}Type two lines in a shell:\n  cd {shlex.quote(where) if clone else where}\n  npm install && npm run build",
    )


def _clone() -> Optional[Path]:
    for root in _roots():
        if (root / "package.json").is_file():
            return root
    return None
