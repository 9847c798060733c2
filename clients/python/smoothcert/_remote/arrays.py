"""Images and labels as NumPy saves them, read for a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Optional

import numpy as np

from .._errors import SmoothcertError
from .lattice import PIXEL_DENOMINATOR
from .selection import Selection

#: Names that people give to images, and to labels: those that the command knows.
_IMAGE_KEYS = ("x", "X", "images", "image", "data", "x_test", "X_test", "test_images", "arr_0")
_LABEL_KEYS = ("y", "Y", "labels", "label", "targets", "target", "y_test", "Y_test", "test_labels", "arr_1")
_MOST_IMAGES = 2**24
_MOST_VALUES = 2**26
_MAX_RANK = 8
#: The farthest from [0, 1] that a pixel is clipped from.
_FARTHEST = 0.2


@dataclass(frozen=True)
class Images:
    """Images with what is to be done to them as they are read.

    Attributes
    ----------
    what : str
        Their name in errors.
    values : numpy.ndarray
        [N, …] of any type, as they were given; `bgr` is done to them, `clip` is not.
    labels : numpy.ndarray, optional
        [N] of int64, 0 to 2³¹ − 1; None: there are none.
    features : bool
        True: values in units of their own; False: pixels.
    clip : bool
        Pixels up to 0.2 beyond [0, 1] become 0 or 1.
    """

    what: str
    values: Any
    labels: Optional[Any]
    features: bool
    clip: bool

    @property
    def _size(self) -> int:
        """Values of an image."""
        return int(np.prod(self.values.shape[1:]))

    def numbers(self, selection: Selection, piece: int) -> Iterator[Any]:
        """Yields the selected values as float64, in order, whole images of about `piece` values at a time.

        Raises
        ------
        SmoothcertError
            DATA_RANGE for the first that is no pixel in [0, 1], as float32 tells, or of features no finite number.
        """
        levels = self.values.dtype == np.uint8 and not self.features
        stride = selection.step * max(1, piece // self._size)
        for start in range(selection.start, selection.stop, stride):
            block = self.values[start : min(start + stride, selection.stop) : selection.step]
            values = block.reshape(-1).astype(np.float64)
            if levels:
                values /= PIXEL_DENOMINATOR
            yield self._checked(values, range(start, selection.stop, selection.step))

    def _checked(self, values: Any, indices: range) -> Any:
        if self.clip:
            near = (values >= -_FARTHEST) & (values <= 1 + _FARTHEST)
            values = np.where(near, np.clip(values, 0.0, 1.0), values)
        with np.errstate(over="ignore", invalid="ignore"):
            rounded = values.astype(np.float32)
            right = np.isfinite(values) if self.features else (rounded >= 0) & (rounded <= 1)
        if right.all():
            return values
        place = int(np.flatnonzero(~right)[0])
        raise self._out_of_range(float(values[place]), values, indices[place // self._size])

    def _out_of_range(self, value: float, around: Any, index: int) -> SmoothcertError:
        where = f"A {'value' if self.features else 'pixel'} of image {index} of {self.what} is {value}"
        if not np.isfinite(value):
            remedy = "Find such images with ~np.isfinite(x) and repair them or leave them out."
            return SmoothcertError("DATA_RANGE", f"{where}.", remedy)
        other = " Values that are no pixels: features=True."
        if around.min() >= -_FARTHEST and around.max() <= 1 + _FARTHEST:
            remedy = "Resizing may have overshot: clip=True sets such pixels to 0 or 1."
        elif around.min() < 0:
            remedy = "Normalised pixels: give raw ones, as σ is in pixels of [0, 1], and normalize=(mean, std)."
        else:
            remedy = "Divide them by their largest possible value: x / 255."
        return SmoothcertError("DATA_RANGE", f"{where}, and pixels must be in [0, 1].", remedy + other)


def read_images(data: Path, labels: Optional[Path], features: bool, clip: bool, bgr: bool) -> Images:
    """Reads the images of a .npz or .npy file, and their labels: of a file of their own, else those beside them.

    Raises
    ------
    SmoothcertError
        DATA_UNREADABLE, DATA_FORMAT, DATA_SHAPE, DATA_TYPE, DATA_EMPTY, LABELS_MISMATCH; OPTION_INVALID for flags of
        pixels where values are none.
    """
    if features and (clip or bgr):
        name = "clip" if clip else "bgr"
        raise SmoothcertError(
            "OPTION_INVALID",
            f"{name}= is for pixels, and with features=True the values are none.",
            f"Leave {name}= or features= out.",
        )
    arrays = _load(data)
    key = _choose(data, arrays, _IMAGE_KEYS, _LABEL_KEYS, "images")
    values = arrays[key]
    _check(str(data), values, features)
    found = None
    if labels is not None:
        given = _load(labels)
        found = given[_choose(labels, given, _LABEL_KEYS, (), "labels")]
    else:
        beside = [name for name in arrays if name != key and name in _LABEL_KEYS]
        if len(beside) > 1:
            raise _ambiguous(data, beside, "labels")
        found = arrays[beside[0]] if beside else None
    checked = None if found is None else _labels(found, len(values))
    return Images(str(data), _reversed(str(data), values) if bgr else values, checked, features, clip)


def _load(file: Path) -> dict[str, Any]:
    suffix = file.suffix.lower()
    if suffix not in (".npz", ".npy"):
        raise SmoothcertError(
            "DATA_FORMAT",
            f"{file} is neither .npz nor .npy, which is what Python sends to a server.",
            "Load it as an array and give that; the command smoothcert submit sends folders of pictures, IDX and CIFAR.",
        )
    try:
        content = np.load(file, allow_pickle=False)
        if suffix == ".npy":
            return {file.stem: content}
        with content:
            return {name: content[name] for name in content.files}
    except OSError as cause:
        raise SmoothcertError(
            "DATA_UNREADABLE", f"{file} cannot be read ({cause.strerror or cause}).", "Check the path."
        ) from cause
    except Exception as cause:  # zipfile and NumPy have many, for files that are none of theirs
        raise SmoothcertError(
            "DATA_FORMAT", f"{file} is no file that NumPy wrote ({cause}).", "Save it again with np.savez."
        ) from cause


def _choose(file: Path, arrays: dict[str, Any], wanted: tuple[str, ...], other: tuple[str, ...], role: str) -> str:
    if len(arrays) == 1:
        return next(iter(arrays))
    named = [name for name in arrays if name in wanted]
    candidates = named or [name for name in arrays if name not in other]
    if len(candidates) == 1:
        return candidates[0]
    raise _ambiguous(file, list(arrays), role)


def _ambiguous(file: Path, names: list[str], role: str) -> SmoothcertError:
    return SmoothcertError(
        "DATA_FORMAT",
        f"{file} does not say which array has the {role}: it holds {', '.join(names[:12]) or 'none'}.",
        'Save one array of each alone: np.savez("images.npz", x=images, y=labels).',
    )


def _check(what: str, values: Any, features: bool) -> None:
    shape = list(values.shape)
    if shape[:1] == [0]:
        raise SmoothcertError("DATA_EMPTY", f"{what} has no images: its shape is {shape}.", "Give at least one image.")
    fits = 2 <= len(shape) <= _MAX_RANK and shape[0] <= _MOST_IMAGES and 1 <= np.prod(shape[1:]) <= _MOST_VALUES
    if not fits:
        raise SmoothcertError(
            "DATA_SHAPE",
            f"{what} has shape {shape}, which is not that of images.",
            "Give images one behind the other: [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D]; a single one as x[None].",
        )
    kind = values.dtype.kind
    if values.dtype.itemsize <= 8 and (kind in "iufb" if features else kind == "f" or values.dtype == np.uint8):
        return
    raise SmoothcertError(
        "DATA_TYPE",
        f"{what} holds {values.dtype} values; pixels are uint8 or float.",
        "If the pixels are 0 to 255, give x.astype(np.uint8). Values that are no pixels: features=True.",
    )


def _labels(found: Any, count: int) -> Any:
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.shape != (count,) or found.dtype.kind not in "iu":
        raise SmoothcertError(
            "LABELS_MISMATCH",
            f"The labels have shape {list(found.shape)} and type {found.dtype}, not one class number for each of {count} images.",
            "Give integers of shape [N]; of one-hot labels y.argmax(axis=1).",
        )
    wrong = np.flatnonzero((found < 0) | (found > 2**31 - 1))
    if wrong.size == 0:
        return found.astype(np.int64)
    raise SmoothcertError(
        "LABELS_MISMATCH",
        f"Label {found[wrong[0]]} of image {wrong[0]} is no class number.",
        "Number the classes from 0; leave out the labels, or the images, that are not known.",
    )


def _reversed(what: str, values: Any) -> Any:
    """Returns the images with their three channels in reverse."""
    first, last = (values.ndim == 4 and values.shape[axis] == 3 for axis in (1, 3))
    if first == last:
        raise SmoothcertError(
            "OPTION_INVALID",
            f"bgr= is for images of three channels, and those of {what} have shape {list(values.shape[1:])}.",
            "Leave bgr= out.",
        )
    return values[:, ::-1] if first else values[..., ::-1]
