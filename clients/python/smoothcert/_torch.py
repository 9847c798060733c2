"""Exports a module of PyTorch. Imported only where a module is given."""

from __future__ import annotations

import copy
import inspect
import io
from typing import Any, Iterator, List, Optional

import numpy as np
import torch

from ._arrays import Array
from ._compare import Exported, on_lattice
from ._errors import SmoothcertError

#: Names in the exported file.
INPUT, OUTPUT = "x", "scores"
#: Rows of the example that the exporter follows: of one row alone it may take the batch for a constant.
EXAMPLE_ROWS = 2


def export_module(module: Any, prepared: Array, images: Array) -> Exported:
    """Exports a copy of a module, in evaluation mode, on the CPU, with a free batch.

    The caller's module stays as it is: its mode, its device and its gradients.

    Parameters
    ----------
    module : torch.nn.Module
        Takes [rows, …] and returns scores [rows, classes].
    prepared : numpy.ndarray
        Some images as the model wants them, scaled and normalised, with the axes of the data.
    images : numpy.ndarray
        The same before that; of a shape that tells where the channels are.

    Raises
    ------
    SmoothcertError
        ``MODEL_NOT_EXPORTABLE``, ``MODEL_DATA_MISMATCH``, ``MODEL_OUTPUT_UNSUPPORTED``.
    """
    twin = _copy_of(module)
    values = on_lattice(prepared)
    failure: Optional[Exception] = None
    for arranged in _arrangements(values, images):
        inputs = np.ascontiguousarray(arranged)
        try:
            with torch.no_grad():
                scores = twin(torch.from_numpy(inputs))
        except Exception as error:  # noqa: BLE001 - whatever a module raises, other arrangements may fit.
            failure = failure or error
            continue
        return Exported(_onnx_of(twin, inputs), OUTPUT, inputs, _checked(scores, len(inputs)))
    raise SmoothcertError(
        "MODEL_DATA_MISMATCH",
        f"The module takes images of shape {list(images.shape[1:])} in no order of their axes: {_first_line(failure)}",
        "Give x in the shape that the module is trained on, [images, channels, height, width], and sigma, mean and std in units of [0, 1].",
    ) from failure


def _copy_of(module: Any) -> Any:
    if type(module).__name__ in ("DataParallel", "DistributedDataParallel"):
        module = module.module
    try:
        return copy.deepcopy(module).cpu().float().eval()
    except Exception as error:  # noqa: BLE001 - modules may refuse to be copied in any way.
        raise SmoothcertError(
            "MODEL_NOT_EXPORTABLE",
            f"The module cannot be copied: {_first_line(error)}",
            "Export it with torch.onnx.export and give the path of the file.",
        ) from error


def _arrangements(values: Array, images: Array) -> Iterator[Array]:
    """Yields the values in the orders of axes that a module may want, the likeliest first."""
    shape = images.shape
    moved: List[Array] = []
    if len(shape) == 4:
        last, first = np.moveaxis(values, 3, 1), np.moveaxis(values, 1, 3)
        moved = [last, values] if _is_channels(shape[3]) and not _is_channels(shape[1]) else [values, last, first]
    elif len(shape) == 3:
        moved = [values[:, np.newaxis], values]
    else:
        moved = [values]
    yield from moved
    if len(shape) > 2:
        yield values.reshape(len(values), -1)


def _is_channels(size: int) -> bool:
    return size in (1, 3)


def _onnx_of(module: Any, inputs: Array) -> bytes:
    example = torch.from_numpy(inputs[:EXAMPLE_ROWS] if len(inputs) >= EXAMPLE_ROWS else np.repeat(inputs, EXAMPLE_ROWS, axis=0))
    options: dict[str, Any] = {
        "input_names": [INPUT],
        "output_names": [OUTPUT],
        "dynamic_axes": {INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
    }
    # From PyTorch 2.9 another exporter is the default, which needs packages of its own.
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    file = io.BytesIO()
    try:
        with torch.no_grad():
            torch.onnx.export(module, (example,), file, **options)
        return file.getvalue()
    except Exception as error:  # noqa: BLE001 - the exporter raises errors of many kinds.
        reason = _first_line(error)
        lacks_package = isinstance(error, ImportError) or "onnx is not installed" in reason
    # Not in the except clause: whoever keeps the error (a notebook does) would keep the exporter's frames, too, and then
    # PyTorch 1.13 fails at the next export but one.
    if lacks_package:
        raise SmoothcertError(
            "PACKAGE_MISSING", f"PyTorch {torch.__version__} cannot export models yet: {reason}", "Type: python -m pip install onnx"
        )
    raise SmoothcertError(
        "MODEL_NOT_EXPORTABLE",
        f"PyTorch {torch.__version__} cannot export this module to ONNX: {reason}",
        "Replace the operation that it names by standard ones, or export the module yourself and give the path of the file.",
    )


def _checked(scores: Any, rows: int) -> Array:
    if not isinstance(scores, torch.Tensor):
        raise SmoothcertError(
            "MODEL_OUTPUT_UNSUPPORTED",
            f"The module returns a {type(scores).__name__}, and not one tensor of scores.",
            "Wrap it in a module whose forward returns the scores alone, [rows, classes].",
        )
    if scores.ndim != 2 or scores.shape[0] != rows or scores.shape[1] < 2 or not scores.is_floating_point():
        raise SmoothcertError(
            "MODEL_OUTPUT_UNSUPPORTED",
            f"For {rows} images the module returns {scores.dtype} of shape {list(scores.shape)}.",
            "Return one score a class before any argmax, [rows, classes]; of two classes two scores.",
        )
    return np.asarray(scores.detach().float().numpy())


def _first_line(error: Optional[Exception]) -> str:
    lines = str(error).strip().splitlines() if error is not None else []
    return (lines or [type(error).__name__])[0][:300]
