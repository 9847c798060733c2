"""Images and labels as they are given: arrays, or files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Mapping, Optional, Tuple

import numpy as np

from ._arrays import Array, array_of, digest_of, is_path, write_arrays
from ._errors import SmoothcertError


@dataclass(frozen=True)
class Data:
    """Images and their labels.

    Attributes
    ----------
    images : numpy.ndarray or Path
        [images, …], or a file or folder that the command reads.
    labels : numpy.ndarray or Path, optional
        [images], or a file; ``None``: unknown, or in the file of the images.
    """

    images: "Array | Path"
    labels: "Array | Path | None"

    @property
    def digest(self) -> str:
        """Tells data apart: by values, or by the path of a file."""
        parts = (self.images, self.labels)
        arrays = [part if isinstance(part, np.ndarray) else np.array(str(part)) for part in parts]
        return digest_of(*arrays)

    def write(self, folder: Path, written: Optional[List[Path]] = None) -> Tuple[Path, Optional[Path]]:
        """Writes arrays into a folder, under names that follow from their values, and returns the files of images and labels.

        Files of the user stay where they are. A file that is there already and holds the same values is not written again;
        ``written`` gets those that were.
        """
        images, labels = self.images, self.labels
        if isinstance(images, np.ndarray):
            inside = labels if isinstance(labels, np.ndarray) else None
            file = folder / f"data-{digest_of(images, inside)}.npz"
            _write_unless_there(file, written, x=images, y=inside)
            return file, labels if isinstance(labels, Path) else None
        if isinstance(labels, np.ndarray):
            file = folder / f"labels-{digest_of(labels)}.npz"
            _write_unless_there(file, written, y=labels)
            return images, file
        return images, labels

    def some(self, count: int) -> Optional[Array]:
        """Returns up to ``count`` images, evenly spread, as an array; ``None`` where only the command can read them."""
        images = self.images
        if isinstance(images, Path):
            opened = _opened(images)
            if opened is None:
                return None
            images = opened
        if images.ndim == 0 or len(images) == 0:
            return None
        chosen = np.unique(np.linspace(0, len(images) - 1, min(count, len(images))).round().astype(int))
        return np.asarray(images[chosen])


def data_of(x: Any, y: Any) -> Data:
    """Returns images and labels. Raises SmoothcertError ``DATA_FORMAT`` or ``LABELS_MISMATCH``."""
    images = _read(x, "x")
    labels = None if y is None else _read(y, "y")
    if isinstance(labels, np.ndarray):
        if labels.dtype.kind == "f" and labels.ndim == 1 and np.array_equal(labels, np.round(labels)):
            labels = labels.astype(np.int64)
        if isinstance(images, np.ndarray) and labels.shape != images.shape[:1]:
            raise _mismatch(images, labels)
    return Data(images, labels)


def _mismatch(images: Array, labels: Array) -> SmoothcertError:
    count = images.shape[0] if images.ndim else 0
    if labels.ndim == 1:
        return SmoothcertError(
            "LABELS_MISMATCH",
            f"x has {count} images, and y has {len(labels)} labels.",
            "Take the same images of both, for example x[:100] and y[:100].",
        )
    return SmoothcertError(
        "LABELS_MISMATCH",
        f"x has {count} images, and y has the shape {list(labels.shape)}.",
        "Give one whole number for each image, for example y.argmax(axis=1) of one-hot labels.",
    )


def _write_unless_there(file: Path, written: Optional[List[Path]], **arrays: Optional[Array]) -> None:
    """Writes arrays, unless the file holds these very ones: its name alone is not believed."""
    if _holds(file, arrays):
        return
    write_arrays(file, **arrays)
    if written is not None:
        written.append(file)


def _holds(file: Path, arrays: Mapping[str, Optional[Array]]) -> bool:
    if not file.is_file():
        return False
    try:
        with np.load(file, allow_pickle=False) as content:
            there = {name: content[name] for name in content.files}
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is written anew.
        return False
    wanted = {name: array for name, array in arrays.items() if array is not None}
    same_type = all(name in there and _little(array.dtype) == there[name].dtype for name, array in wanted.items())
    return same_type and there.keys() == wanted.keys() and all(_equal(there[name], wanted[name]) for name in wanted)


def _little(kind: "np.dtype[Any]") -> "np.dtype[Any]":
    return kind.newbyteorder("<")


def _equal(ours: Array, theirs: Array) -> bool:
    return np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")


def _read(value: Any, name: str) -> "Array | Path":
    return Path(value).expanduser() if is_path(value) else array_of(value, name)


def _opened(file: Path) -> Optional[Array]:
    """Returns the images of a file of NumPy, read as they are used; ``None`` of another file."""
    try:
        content = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError):
        return None
    if isinstance(content, np.ndarray):
        return content
    with content:
        return np.asarray(content["x"]) if "x" in content.files else None
