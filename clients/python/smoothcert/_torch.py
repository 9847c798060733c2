"""Exports a module of PyTorch. Imported only where a module is given."""

from __future__ import annotations

import inspect
import io
import warnings
from pathlib import Path
from typing import Any, Iterator, List, Optional, Sequence, Tuple

import numpy as np
import torch

from ._arrays import Array
from ._compare import Exported, on_lattice
from ._errors import SmoothcertError
from ._module import copy_of, first_line, own_scores, scores_of

#: Names in the exported file.
INPUT, OUTPUT = "x", "scores"
#: Rows of the example that the exporter follows: of one row alone it may take the batch for a constant.
EXAMPLE_ROWS = 2
#: Lines of the user's code that a note names at most.
SHOWN_LINES = 3
#: It is no part of PyTorch's typed names.
TRACER_WARNING: Any = getattr(torch.jit, "TracerWarning")


def export_module(module: Any, prepared: Array, images: Array, layout: Optional[str] = None) -> Exported:
    """Exports a copy of a module, in evaluation mode, in float32, on the CPU, with a free batch.

    The caller's module stays as it is: its mode, its device and its gradients. It is run itself, too, in evaluation mode, and what
    it computes is kept beside what its copy computes. Parts that it calls and that are not its submodules must be in evaluation
    mode already. Functions that keep a state of their own in Python are not seen.

    Parameters
    ----------
    module : torch.nn.Module
        Takes [rows, …] and returns scores [rows, classes].
    prepared : numpy.ndarray
        Some images as the model wants them, scaled and normalised, with the axes of the data; at least 3, so that there are two
        batches.
    images : numpy.ndarray
        The same before that; of a shape that tells where the channels are.
    layout : str, optional
        ``"nchw"``, ``"nhwc"`` or ``"flat"``: what the module takes. ``None``: as the images are given if that runs, else in
        another order of their axes.

    Raises
    ------
    SmoothcertError
        ``MODEL_NOT_EXPORTABLE``, ``MODEL_DATA_MISMATCH``, ``MODEL_OUTPUT_UNSUPPORTED``; ``LAYOUT_AMBIGUOUS`` if the module takes
        images both with the channels last, as they are given, and first, and computes other scores.
    """
    if type(module).__name__ in ("DataParallel", "DistributedDataParallel"):
        module = module.module
    twin = copy_of(module)
    inputs, scores = _arranged(twin, on_lattice(prepared), images, layout)
    own, tolerance, of_type = own_scores(module, inputs)
    onnx, decisions = _onnx_of(twin, inputs)
    notes = tuple(note for note in (of_type, decisions) if note is not None)
    return Exported(onnx, OUTPUT, inputs, scores, own, tolerance, notes)


def _arranged(twin: Any, values: Array, images: Array, layout: Optional[str]) -> Tuple[Array, Array]:
    """Returns the inputs in the order of axes that a module takes, and its scores for them."""
    failure: Optional[Exception] = None
    found: List[Tuple[Array, Array]] = []
    for arranged, is_flat in _arrangements(values, images, layout):
        if found and (is_flat or not _channels_last(images)):
            break
        inputs = np.ascontiguousarray(arranged)
        try:
            found.append((inputs, scores_of(twin, inputs)))
        except SmoothcertError:
            if not found:
                raise
        except Exception as error:  # noqa: BLE001 - whatever a module raises, other arrangements may fit.
            failure = failure or error
    if not found:
        raise SmoothcertError(
            "MODEL_DATA_MISMATCH",
            f"The module takes images of shape {list(images.shape[1:])} in no order of their axes: {first_line(failure)}",
            "Give x in the shape that the module is trained on, [images, channels, height, width], and sigma, mean and std in units of [0, 1].",
        ) from failure
    if len(found) == 2 and not np.array_equal(found[0][1], found[1][1], equal_nan=True):
        raise SmoothcertError(
            "LAYOUT_AMBIGUOUS",
            f"The module takes images of shape {list(images.shape[1:])} both with the channels last, as they are given, and with the channels first.",
            'Say what it was trained on: layout="nhwc" (channels last, as given) or layout="nchw" (channels first, as ToTensor gives them).',
        )
    return found[0]


def _arrangements(values: Array, images: Array, layout: Optional[str]) -> Iterator[Tuple[Array, bool]]:
    """Yields the values in the orders of axes that a module may take, as they are given first, and True with flat ones, the last."""
    axes, is_last = images.ndim, _channels_last(images)
    first, last = np.moveaxis(values, -1, 1), np.moveaxis(values, 1, -1)
    pictures: List[Array] = [values]
    if axes == 4 and layout in ("nchw", "nhwc"):
        pictures = [values if is_last == (layout == "nhwc") else first if is_last else last]
    elif axes == 4:
        pictures = [values, first] if is_last else [values, last, first]
    elif axes == 3:
        pictures = [values[..., np.newaxis]] if layout == "nhwc" else [values, values[:, np.newaxis]]
    if layout != "flat":
        yield from ((one, False) for one in pictures)
    if layout in (None, "auto", "flat") and (axes > 2 or layout == "flat"):
        yield values.reshape(len(values), -1), True


def _channels_last(images: Array) -> bool:
    """Returns True of [images, height, width, channels] with 1 or 3 channels."""
    shape = images.shape
    return len(shape) == 4 and shape[3] in (1, 3) and shape[1] not in (1, 3)


def _onnx_of(module: Any, inputs: Array) -> Tuple[bytes, Optional[str]]:
    """Returns the exported file, and a note if the exporter froze decisions that Python takes in forward."""
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
        with torch.no_grad(), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", TRACER_WARNING)
            torch.onnx.export(module, (example,), file, **options)
        return file.getvalue(), _frozen(warned, len(inputs))
    except Exception as error:  # noqa: BLE001 - the exporter raises errors of many kinds.
        reason = first_line(error)
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


def _frozen(warned: Sequence[Any], inputs: int) -> Optional[str]:
    """Returns a note on the lines where Python decides by values or shapes, which the export keeps as the example had it."""
    lines = []
    for one in warned:
        if issubclass(one.category, TRACER_WARNING):
            lines.append(f"{Path(one.filename).name}, line {one.lineno}")
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if not lines:
        return None
    where = "; ".join(sorted(set(lines))[:SHOWN_LINES])
    return (
        f"Python takes decisions by values or shapes in the module ({where}), and its export keeps those of the first images. On the "
        f"{inputs} inputs that were compared, most of them with noise, both agree; rarer ones are not covered by the certificates."
    )
