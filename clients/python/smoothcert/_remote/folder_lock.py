"""Lets one process at a time use a folder, with the lock file of the command: adapters/local/folder-lock.ts of smoothcert has the protocol."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Callable, Dict, Optional, Union

from .._errors import SmoothcertError
from .canonical import storage_error

#: Tries to take a lock: each that fails means that another process was faster.
_MOST_TRIES = 100
#: Claims on claims: a further one is needed only where a process was killed while it held the one before.
_DEEPEST_CLAIM = 4

Owner = Dict[str, Union[str, int]]


class FolderLock:
    """Holds the lock of a folder in a ``with`` block. That of a dead process of this host is taken over silently.

    Parameters
    ----------
    folder : Path
        It is there.

    Raises
    ------
    SmoothcertError
        FOLDER_LOCKED if another process holds it, or may hold it; FOLDER_UNUSABLE, DISK_FULL.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "lock"
        own: Owner = {"pid": os.getpid(), "started": _start_of(os.getpid())}
        self._own = json.dumps({**own, "host": socket.gethostname(), "namespace": _namespace()})

    def __enter__(self) -> FolderLock:
        for _ in range(_MOST_TRIES):
            if _take(self._file, self._own, 0, self._refuse_if_alive):
                return self
        raise _locked(
            f"The lock {self._file} cannot be taken over.",
            f"If nothing is running in it, delete {self._file} and {_claim_of(self._file)}.",
        )

    def __exit__(self, *_: object) -> None:
        if _read(self._file) == self._own:
            self._file.unlink(missing_ok=True)

    def _refuse_if_alive(self, text: str, file: Path) -> None:
        owner = _owner_of(text)
        if owner is None:
            raise _locked(f"The lock {file} cannot be read.", f"If nothing is running in it, delete {file}.")
        if owner["host"] != socket.gethostname() or owner["namespace"] != _namespace():
            raise _locked(
                f"{self._folder} is in use by process {owner['pid']} on host {owner['host']!r}, or in another container.",
                f"Wait for it to end; if it is gone, delete {file}.",
            )
        if _start_of(int(owner["pid"])) == owner["started"]:
            raise _locked(f"{self._folder} is in use by process {owner['pid']}.", "Wait for it to end, or choose another out=.")


def _take(file: Path, own: str, depth: int, refuse: Callable[[str, Path], None]) -> bool:
    """Creates the lock file, or replaces one whose owner is dead; returns false if another process was faster.

    A process may replace a dead owner's lock only while it holds the claim on it, and only if that same lock is still there.
    """
    if _create_whole(file, own):
        return True
    seen = _read(file)
    if seen is None:
        return False
    refuse(seen, file)
    claim = _claim_of(file)
    if depth == _DEEPEST_CLAIM or not _take(claim, own, depth + 1, refuse):
        return False
    if _read(file) == seen:
        os.replace(claim, file)
        return True
    claim.unlink(missing_ok=True)
    return False


def _create_whole(file: Path, content: str) -> bool:
    """Creates a file with its whole content in one step; returns false if it exists."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with open(temporary, "x", encoding="utf-8") as stream:
            stream.write(content)
        os.link(temporary, file)
        return True
    except FileExistsError:
        return False
    except OSError as cause:
        raise storage_error(cause, file) from cause
    finally:
        temporary.unlink(missing_ok=True)


def _read(file: Path) -> Optional[str]:
    """Returns None if the lock was released meanwhile. A file that cannot be read counts as unreadable (""), never as gone."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return ""


def _owner_of(text: str) -> Optional[Owner]:
    try:
        owner: Owner = json.loads(text)
        texts = all(isinstance(owner[name], str) for name in ("started", "host", "namespace"))
        return owner if texts and type(owner["pid"]) is int else None
    except (ValueError, KeyError, TypeError):
        return None


def _claim_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.claim")


def _namespace() -> str:
    """Returns the namespace of process ids as Linux names it; empty on other systems."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _start_of(pid: int) -> str:
    """Returns when a process started, as the command writes it: on Linux boot and clock ticks, elsewhere "alive"; "gone" of one that is not there."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "gone" if sys.platform == "linux" else _signalled(pid)
    fields = stat[stat.rindex(")") + 2 :].split(" ")
    if fields[0] in ("Z", "X"):
        return "gone"
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        boot = ""
    return f"{boot}:{fields[19]}"


def _signalled(pid: int) -> str:
    if sys.platform == "win32":
        # There, os.kill ends a process. One that may live keeps its lock.
        return "alive"
    try:
        os.kill(pid, 0)
        return "alive"
    except PermissionError:
        return "alive"
    except OSError:
        return "gone"


def _locked(message: str, remedy: str) -> SmoothcertError:
    return SmoothcertError("FOLDER_LOCKED", message, remedy)
