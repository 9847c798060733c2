"""Writes files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional, TextIO

from .canonical import storage_error


class WholeFile:
    """A text file under a temporary name until it is published; left without that, it is removed.

    The temporary file is new each time: what lies at its name is removed, never followed and never written to. Its folder is
    locked, so nobody else uses that name.

    Raises
    ------
    OSError
        From every method.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._partial = file.with_name(f"{file.name}.tmp")
        self._stream: Optional[TextIO] = None

    def __enter__(self) -> WholeFile:
        self._partial.unlink(missing_ok=True)
        # "x" is O_EXCL, which follows no link.
        self._stream = open(self._partial, "x", encoding="utf-8", newline="")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._stream is not None
        try:
            self._stream.close()
        finally:
            self._partial.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        """Appends a text."""
        assert self._stream is not None
        self._stream.write(text)

    def publish(self) -> None:
        """Gives the file its name, once its bytes are on the disk."""
        assert self._stream is not None
        self._stream.flush()
        os.fsync(self._stream.fileno())
        os.replace(self._partial, self._file)


def write_whole(file: Path, text: str) -> None:
    """Writes a file, whole or not at all. Raises DISK_FULL or FOLDER_UNUSABLE."""
    try:
        with WholeFile(file) as whole:
            whole.write(text)
            whole.publish()
    except OSError as cause:
        raise storage_error(cause, file) from cause
