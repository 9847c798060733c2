"""Arrays of Python as NumPy arrays, and as files that the command reads."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt

from ._errors import SmoothcertError

#: Where something may be a path.
PathLike = Union[str, "os.PathLike[str]"]
Array = npt.NDArray[Any]

#: Bytes that are hashed at a time, where an array does not lie in memory in one piece.
PIECE = 2**24


def is_path(value: object) -> bool:
    """Returns True of a text and of a ``pathlib.Path``."""
    return isinstance(value, (str, os.PathLike))


def array_of(value: Any, name: str) -> Array:
    """Returns a NumPy array or a torch tensor as a NumPy array that shares its memory where that is possible.

    Parameters
    ----------
    value : numpy.ndarray or torch.Tensor
        Of any shape and device.
    name : str
        The argument's name, for errors.

    Raises
    ------
    SmoothcertError
        ``DATA_FORMAT`` for anything else.
    """
    if isinstance(value, np.ndarray):
        return value
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        tensor = value.detach().cpu()
        try:
            return np.asarray(tensor.numpy())
        except TypeError:
            # bfloat16, which NumPy has not; float32 holds every value of it.
            return np.asarray(tensor.float().numpy())
    if hasattr(value, "__array__") and not isinstance(value, (list, tuple)):
        return np.asarray(value)
    kind = type(value).__name__
    raise SmoothcertError(
        "DATA_FORMAT",
        f"{name} is a {kind}, which is neither a NumPy array nor a torch tensor nor a path.",
        _remedy(value, name),
    )


def _remedy(value: Any, name: str) -> str:
    if name == "y":
        return "Give np.array(y), whole numbers from 0."
    if isinstance(value, (list, tuple)):
        return "Give one array of all images: np.stack(x), or torch.stack(x)."
    return "Give one array of all images, for example torch.stack([image for image, label in dataset])."


def digest_of(*arrays: Optional[Array]) -> str:
    """Returns a hash of the types, shapes and values of arrays, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none;")
            continue
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        if array.dtype.hasobject or array.size == 0:
            continue
        if array.flags.c_contiguous:
            digest.update(array.reshape(-1).view(np.uint8).data)
            continue
        rows = max(1, PIECE // max(1, array[0].nbytes))
        for begin in range(0, len(array), rows):
            digest.update(np.ascontiguousarray(array[begin : begin + rows]).tobytes())
    return digest.hexdigest()[:16]


def write_arrays(file: Path, **arrays: Optional[Array]) -> None:
    """Writes arrays into a ``.npz`` file, whole or not at all. Those in C order and native bytes are not copied in memory.

    Raises
    ------
    SmoothcertError
        ``DATA_TYPE`` for arrays of Python objects.
    """
    given = {name: array for name, array in arrays.items() if array is not None}
    for name, array in given.items():
        if array.dtype.hasobject:
            raise SmoothcertError(
                "DATA_TYPE",
                f"{name} is an array of Python objects (images of several sizes?).",
                f"Give one array of numbers: np.stack({name}) of images of one size.",
            )
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as out:
            np.savez(out, **{name: _as_the_command_reads(array) for name, array in given.items()})
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def _as_the_command_reads(array: Array) -> Array:
    """Returns an array in little-endian bytes, and not in the order of Fortran, which would be written as it is."""
    if array.flags.f_contiguous and not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def write_bytes(file: Path, content: bytes) -> None:
    """Writes a file, whole or not at all."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)
