"""Writes images as the canonical data set that a server takes, with the bytes that the command gives them.

`shared/dataset/canonical.ts` of smoothcert describes the file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional

import numpy as np

from .._errors import SmoothcertError
from .arrays import Images
from .lattice import PIXEL_DENOMINATOR, Lattice, choose_lattice, nearest_points
from .selection import Selection

_HEADER_BYTES = 128
#: A data set is addressed in chunks of this size.
_CHUNK_BYTES = 16 * 2**20
#: Pixels in uint8 have at most so many dimensions, the number of images included; with more they are written as int32.
MAX_UINT8_RANK = 4
#: Values that are worked on at once, about: memory stays flat.
_PIECE = 2**16


@dataclass(frozen=True)
class DataSet:
    """A canonical data set that was written.

    Attributes
    ----------
    file : Path
    digest : str
        The sha256 (hex) of the concatenated sha256 digests of its 16 MiB chunks.
    lattice : Lattice
    labelled : bool
    """

    file: Path
    digest: str
    lattice: Lattice
    labelled: bool


def write_data_set(images: Images, selection: Selection, into: Path, features: bool, noise_scale: float) -> DataSet:
    """Writes the selected images, each under its own index, with their labels.

    Parameters
    ----------
    images : Images
    selection : Selection
    into : Path
        It appears whole or not at all.
    features : bool
        As of `lattice.choose_lattice`.
    noise_scale : float
        As of `lattice.choose_lattice`.

    Raises
    ------
    SmoothcertError
        DATA_RANGE as of `arrays.Images.numbers`; DISK_FULL or FOLDER_UNUSABLE.
    """
    chosen = images.values[selection.slice]
    labels = None if images.labels is None else images.labels[selection.slice]
    as_they_are = chosen.dtype == np.uint8 and not features and chosen.ndim <= MAX_UINT8_RANK

    def numbers() -> Iterator[Any]:
        return images.numbers(selection, _PIECE)

    lattice = Lattice(1, PIXEL_DENOMINATOR)
    if not as_they_are:
        lattice = choose_lattice(images.what, numbers, features, noise_scale)
    levels = not features and lattice.denominator == PIXEL_DENOMINATOR and chosen.ndim <= MAX_UINT8_RANK

    def pieces() -> Iterator[bytes]:
        yield header(chosen.shape, selection, labels is not None, None if levels else lattice)
        if as_they_are:
            for image in chosen:
                yield image.tobytes()
        else:
            for values in numbers():
                yield nearest_points(values, lattice).astype(np.uint8 if levels else "<i4").tobytes()
        if labels is not None:
            yield labels.astype("<i4").tobytes()

    return DataSet(into, _write(into, pieces()), lattice, labels is not None)


def header(shape: tuple[int, ...], selection: Selection, labelled: bool, lattice: Optional[Lattice]) -> bytes:
    """Returns the 128 bytes before the values: of uint8 pixels on 1/255, or of int32 points of the lattice that is given."""
    version, dtype = (1, 1) if lattice is None else (2, 3)
    begin = b"SMCERTDS" + struct.pack("<HBBI", version, dtype, labelled, len(shape))
    dimensions = struct.pack(f"<{len(shape)}Q", *shape)
    place = struct.pack("<QQ", selection.start, selection.step)
    if lattice is None:
        return ((begin + dimensions).ljust(48, b"\0") + place).ljust(_HEADER_BYTES, b"\0")
    rounding = struct.pack("<QQdd", lattice.numerator, lattice.denominator, lattice.largest, lattice.mean)
    return (begin + dimensions).ljust(80, b"\0") + place + rounding


def _write(into: Path, pieces: Iterator[bytes]) -> str:
    """Writes the pieces and returns the data digest (hex)."""
    partial = into.with_name(f"{into.name}.partial")
    chunks, chunk, room = hashlib.sha256(), hashlib.sha256(), _CHUNK_BYTES
    try:
        with open(partial, "wb") as file:
            for piece in pieces:
                file.write(piece)
                rest = memoryview(piece)
                while len(rest) > 0:
                    chunk.update(rest[:room])
                    taken = min(room, len(rest))
                    rest, room = rest[taken:], room - taken
                    if room == 0:
                        chunks.update(chunk.digest())
                        chunk, room = hashlib.sha256(), _CHUNK_BYTES
        if room < _CHUNK_BYTES:
            chunks.update(chunk.digest())
        os.replace(partial, into)
    except OSError as cause:
        raise storage_error(cause, into) from cause
    finally:
        partial.unlink(missing_ok=True)
    return chunks.hexdigest()


def storage_error(cause: OSError, file: Path) -> SmoothcertError:
    """Returns the error of a file that cannot be written."""
    if cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return SmoothcertError("DISK_FULL", f"There is no room for {file}.", "Make room, and make the same call again.")
    return SmoothcertError(
        "FOLDER_UNUSABLE", f"{file} cannot be written ({cause.strerror}).", "Name a folder that you may write to."
    )
