"""Models as they are given: files, bytes, modules of PyTorch, classifiers of scikit-learn."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

import numpy as np

from ._arrays import Array, is_path, write_bytes
from ._compare import COMPARED, Exported, compare
from ._data import Data
from ._errors import SmoothcertError


@dataclass(frozen=True)
class Model:
    """A model that is a file, or becomes one.

    Attributes
    ----------
    source : Path or bytes
        An ONNX file.
    exported : Exported, optional
        Of a model that was exported here: what it has to be compared with.
    """

    source: "Path | bytes"
    exported: Optional[Exported] = None

    @property
    def digest(self) -> str:
        """Tells models apart: by content, or by the path of a file. 16 hexadecimal digits."""
        content = self.source if isinstance(self.source, bytes) else str(self.source).encode()
        return hashlib.sha256(content).hexdigest()[:16]

    @property
    def flags(self) -> Dict[str, object]:
        """The flags that follow from the model."""
        return {} if self.exported is None else {"output": self.exported.output}

    def write(self, folder: Path) -> Path:
        """Returns the model's file; one that was made here is written into a folder, and compared with the original before.

        Raises
        ------
        SmoothcertError
            ``MODEL_EXPORT_DIFFERS``; nothing is written then.
        """
        if isinstance(self.source, Path):
            return self.source
        file = folder / f"model-{self.digest}.onnx"
        if not file.exists():
            # Under this name lie only models that were compared.
            if self.exported is not None:
                compare(self.exported)
            write_bytes(file, self.source)
        return file


def model_of(model: Any, data: Data, flags: Mapping[str, object]) -> Model:
    """Returns the model to certify, exported where it is a module or a classifier.

    Parameters
    ----------
    model : path, bytes, torch.nn.Module or sklearn classifier
    data : Data
        Its images give the shape of the input, and some of them are what the export is compared on.
    flags : mapping
        Those of the preprocessing, by keyword: ``input_scale``, ``mean``, ``std``, ``features``.
    """
    if is_path(model):
        return Model(Path(model).expanduser())
    if isinstance(model, (bytes, bytearray)):
        return Model(bytes(model))
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from ._torch import export_module

        images = _some_of(data)
        exported = export_module(model, _prepared(images, flags), images)
    elif _is_classifier(model):
        from ._sklearn import export_classifier

        exported = export_classifier(model, _prepared(_some_of(data), flags))
    else:
        raise SmoothcertError(
            "MODEL_UNREADABLE",
            f"A {type(model).__name__} is no model that can be certified.",
            "Give a torch.nn.Module, a classifier of scikit-learn, the bytes of an ONNX file, or its path.",
        )
    return Model(exported.onnx, exported)


def _is_classifier(model: Any) -> bool:
    base = sys.modules.get("sklearn.base")
    return base is not None and isinstance(model, base.BaseEstimator)


def _some_of(data: Data) -> Array:
    images = data.some(COMPARED)
    if images is None:
        raise SmoothcertError(
            "DATA_FORMAT",
            "To export this model some of its inputs are needed, and x is no array and no file of NumPy.",
            "Give x as an array, or export the model yourself and give the path of the file.",
        )
    return images


def _prepared(images: Array, flags: Mapping[str, object]) -> Array:
    """Returns images as the model gets them: (p · scale − mean) / std of pixels p in [0, 1]. Axes stay."""
    if images.dtype.kind not in "biuf":
        raise SmoothcertError(
            "DATA_TYPE", f"x holds {images.dtype}, which are no numbers.", "Give uint8, or floats in [0, 1]."
        )
    values = images.astype(np.float64)
    if images.dtype == np.uint8 and not flags.get("features"):
        values /= 255
    values *= float(str(flags.get("input_scale") or 1))
    axis = _channel_axis(images)
    values -= _per_channel(flags.get("mean"), 0.0, values, axis)
    values /= _per_channel(flags.get("std"), 1.0, values, axis)
    return values


def _channel_axis(images: Array) -> int:
    """Returns the axis of the channels: the last one where it has 1 or 3 and the second has not."""
    shape = images.shape
    return len(shape) - 1 if len(shape) == 4 and shape[3] in (1, 3) and shape[1] not in (1, 3) else min(1, len(shape) - 1)


def _per_channel(value: Any, default: float, images: Array, axis: int) -> Array:
    """Returns one value, or one a channel, so that it applies to [images, …]."""
    if value is None:
        return np.asarray(default)
    if isinstance(value, str):
        value = [float(part) for part in value.split(",")]
    numbers = np.asarray(value, dtype=np.float64).reshape(-1)
    rank, channels = images.ndim, images.shape[axis]
    if numbers.size == 1:
        return numbers.reshape(())
    if numbers.size != channels:
        raise SmoothcertError(
            "OPTION_INVALID",
            f"mean or std has {numbers.size} values, and the images have {channels} channels.",
            "Give one value, or one a channel.",
        )
    shape = [1] * rank
    shape[axis] = channels
    return numbers.reshape(shape)
