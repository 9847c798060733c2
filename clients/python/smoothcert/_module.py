"""Runs modules of PyTorch in evaluation mode, and leaves them as they were. Imported only where a module is given."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import Any, Iterator, Optional, Tuple

import numpy as np
import torch

from ._arrays import Array
from ._compare import TOLERANCE
from ._errors import SmoothcertError

#: Rows of the first batch; the others are the second one, so that a module that depends on its batch is seen.
FIRST_ROWS = 2
#: Tolerances of types with fewer digits than float32, and of devices that round more.
COARSE = {torch.float16: 3e-2, torch.bfloat16: 2e-1}
OTHER_DEVICE = 3e-2


def copy_of(module: Any) -> Any:
    """Returns a copy of a module, in float32, on the CPU, in evaluation mode.

    Raises
    ------
    SmoothcertError
        ``MODEL_NOT_EXPORTABLE``.
    """
    try:
        return copy.deepcopy(module).cpu().float().eval()
    except Exception as error:  # noqa: BLE001 - modules may refuse to be copied in any way.
        raise SmoothcertError(
            "MODEL_NOT_EXPORTABLE",
            f"The module cannot be copied: {first_line(error)}",
            "Export it with torch.onnx.export and give the path of the file.",
        ) from error


def scores_of(module: Any, inputs: Array) -> Array:
    """Returns what a module in float32 on the CPU computes, [rows, classes], in two batches of different size."""
    with torch.no_grad(), registered_alone(module):
        batches = [module(torch.from_numpy(rows)) for rows in _batches(inputs)]
    return _joined(batches, inputs)


def own_scores(module: Any, inputs: Array) -> Tuple[Array, float, Optional[str]]:
    """Returns what a module computes in its own type and on its own device, in evaluation mode, the tolerance, and a note.

    All submodules have the mode afterwards that they had before, also where the module raises.
    """
    kind, device = _place_of(module)
    modes = [(one, one.training) for one in module.modules()]
    try:
        module.eval()
        with torch.no_grad(), registered_alone(module):
            batches = [module(torch.from_numpy(rows).to(device=device, dtype=kind)) for rows in _batches(inputs)]
    finally:
        for one, training in modes:
            one.training = training
    tolerance = COARSE.get(kind, TOLERANCE if device.type == "cpu" else OTHER_DEVICE)
    if kind == torch.float32:
        return _joined(batches, inputs), tolerance, None
    name = str(kind).replace("torch.", "")
    return _joined(batches, inputs), tolerance, f"The module computes in {name}; what is certified is its copy in float32."


@contextmanager
def registered_alone(module: Any) -> Iterator[None]:
    """Refuses parts in training mode that a module calls but that are not its submodules: ``eval()`` does not reach them.

    They are refused before they compute, so that no statistics of theirs change.
    """
    known = {id(one) for one in module.modules()}

    def refuse(part: Any, _inputs: Any) -> None:
        if id(part) not in known and part.training:
            raise SmoothcertError(
                "MODEL_NOT_EXPORTABLE",
                f"The module calls a {type(part).__name__} in training mode that is none of its submodules, so that eval() does not reach it.",
                "Register it in the constructor (self.part = part), or call its eval() first.",
            )

    handle = torch.nn.modules.module.register_module_forward_pre_hook(refuse)
    try:
        yield
    finally:
        handle.remove()


def first_line(error: Optional[Exception]) -> str:
    """Returns the first line of an error's text, or its type where it has none."""
    lines = str(error).strip().splitlines() if error is not None else []
    return (lines or [type(error).__name__])[0][:300]


def _batches(inputs: Array) -> Tuple[Array, ...]:
    parts = (inputs[:FIRST_ROWS], inputs[FIRST_ROWS:])
    return tuple(np.ascontiguousarray(part) for part in parts if len(part))


def _place_of(module: Any) -> Tuple[Any, Any]:
    """Returns type and device of the first parameter or buffer of floats; float32 on the CPU where there is none."""
    for tensors in (module.parameters(), module.buffers()):
        for tensor in tensors:
            if tensor.is_floating_point():
                return tensor.dtype, tensor.device
    return torch.float32, torch.device("cpu")


def _joined(batches: Any, inputs: Array) -> Array:
    """Returns scores in one array. Raises SmoothcertError ``MODEL_OUTPUT_UNSUPPORTED``."""
    for scores, rows in zip(batches, map(len, _batches(inputs))):
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
    return np.concatenate([np.asarray(scores.detach().cpu().float().numpy()) for scores in batches])
