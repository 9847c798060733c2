"""Models as they are given: files, bytes, modules of PyTorch, classifiers of scikit-learn."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ._arrays import Array, is_path, write_bytes
from ._compare import COMPARED, Exported, compare
from ._data import Data
from ._errors import SmoothcertError
from ._prepare import prepared_inputs


#: Endings of files that hold weights.
WEIGHT_FILES = (".pt", ".pth", ".ckpt", ".safetensors")


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

    @property
    def notes(self) -> Tuple[str, ...]:
        """Remarks on the export, a sentence each."""
        return () if self.exported is None else self.exported.notes

    def write(self, folder: Path, written: Optional[List[Path]] = None) -> Path:
        """Returns the model's file; one that was made here is compared with the original, and written into a folder.

        Parameters
        ----------
        folder : Path
        written : list of Path, optional
            Gets the file, if it was not there with this content.

        Raises
        ------
        SmoothcertError
            ``MODEL_EXPORT_DIFFERS``; nothing is written then.
        """
        if isinstance(self.source, Path):
            return self.source
        # Each time: that a file lies there does not say that it was compared with this module.
        if self.exported is not None:
            compare(self.exported)
        file = folder / f"model-{self.digest}.onnx"
        if not (file.is_file() and file.read_bytes() == self.source):
            write_bytes(file, self.source)
            if written is not None:
                written.append(file)
        return file


def model_of(model: Any, data: Data, flags: Mapping[str, object], sigmas: Sequence[float]) -> Model:
    """Returns the model to certify, exported where it is a module or a classifier.

    Parameters
    ----------
    model : path, bytes, torch.nn.Module or sklearn classifier
    data : Data
        Its images give the shape of the input, and some of them are what the export is compared on.
    flags : mapping
        Those of the preprocessing, by keyword: ``input_scale``, ``mean``, ``std``, ``features``, ``layout``, ``noise``.
    sigmas : sequence of float
        Standard deviations of the noise: an export is compared on noisy copies of the smallest and of the largest, too.
    """
    _refuse_weights(model)
    if is_path(model):
        return Model(Path(model).expanduser())
    if isinstance(model, (bytes, bytearray)):
        return Model(bytes(model))
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        from ._torch import export_module

        images = _some_of(data)
        layout = None if flags.get("layout") is None else str(flags["layout"])
        exported = export_module(model, prepared_inputs(images, flags, sigmas), images, layout)
    elif _is_classifier(model):
        from ._sklearn import export_classifier

        exported = export_classifier(model, prepared_inputs(_some_of(data), flags, sigmas))
    else:
        raise SmoothcertError(
            "MODEL_UNREADABLE",
            f"A {type(model).__name__} is no model that can be certified.",
            "Give a torch.nn.Module, a classifier of scikit-learn, the bytes of an ONNX file, or its path.",
        )
    return Model(exported.onnx, exported)


def _refuse_weights(model: Any) -> None:
    """Raises SmoothcertError ``MODEL_UNREADABLE`` for weights alone: a state dict, or a file of PyTorch."""
    if isinstance(model, Mapping):
        what, load = "A dict of weights", "module.load_state_dict(weights)"
    elif is_path(model) and Path(model).suffix.lower() in WEIGHT_FILES:
        what, load = f"{Path(model).name}, a file of PyTorch,", f'module.load_state_dict(torch.load({str(model)!r}, map_location="cpu"))'
    else:
        return
    raise SmoothcertError(
        "MODEL_UNREADABLE",
        f"{what} is no model: it holds numbers and not what is computed with them.",
        f"Build the module first, then give it instead:\n  module = TheClass()  # as in training\n  {load}",
    )


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
