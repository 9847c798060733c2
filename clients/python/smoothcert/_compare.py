"""Compares an exported model with the original, through the runtime that will draw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import List, Optional

import numpy as np

from ._arrays import Array, write_arrays, write_bytes
from ._command import find_command
from ._errors import SmoothcertError
from ._process import run_command

#: Images on which the two are compared.
COMPARED = 8
#: Values keep so many binary digits, so that both see the same numbers: the command holds them on a lattice.
DIGITS = 11
#: A lattice's step is at most this part of the noise's scale.
STEPS_OF_SCALE = 64
#: Largest difference of two scores, as a share of the largest score: more than rounding does, and less than any layer.
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Exported:
    """A model as ONNX, and what the original computes.

    Attributes
    ----------
    onnx : bytes
        The file.
    output : str
        The name of the output with the scores.
    inputs : numpy.ndarray
        Inputs of the model, float32 [rows, …], as `on_lattice` leaves them.
    scores : numpy.ndarray
        What the original gives for them, [rows, classes].
    """

    onnx: bytes
    output: str
    inputs: Array
    scores: Array


def on_lattice(values: Array) -> Array:
    """Returns values with at most 11 binary digits behind the first one of the largest: both sides then compute with the same numbers."""
    step = step_of(values)
    return np.asarray(np.round(values.astype(np.float64) / step) * step, dtype=np.float32)


def step_of(values: Array) -> float:
    """Returns the distance of neighbouring values of `on_lattice`, a power of two."""
    largest = float(np.abs(values).max()) if values.size else 0.0
    exponent = 0 if largest == 0 or not np.isfinite(largest) else int(np.floor(np.log2(largest)))
    return float(2.0 ** (exponent - DIGITS))


def compare(exported: Exported) -> None:
    """Compares the scores of the exported model with those of the original.

    Raises
    ------
    SmoothcertError
        ``MODEL_EXPORT_DIFFERS``, with the size of the difference; what the command refuses the model with.
    """
    given = _scores(exported)
    wanted = exported.scores
    if given.shape != wanted.shape:
        raise _differs(f"it gives scores of shape {list(given.shape)}, and the original {list(wanted.shape)}")
    difference = _difference(given, wanted)
    if difference is None:
        raise _differs("one gives NaN or infinite scores where the other does not")
    if difference > TOLERANCE:
        raise _differs(f"scores differ by up to {difference:.2g} of the largest score")
    row = _other_class(given, wanted)
    if row is not None:
        raise _differs(f"it gives image {row} of those compared another class, and that is no tie")


def _scores(exported: Exported) -> Array:
    with TemporaryDirectory(prefix="smoothcert-") as name:
        folder = Path(name)
        write_bytes(folder / "model.onnx", exported.onnx)
        write_arrays(folder / "inputs.npz", x=exported.inputs)
        files = [f"--model={folder / 'model.onnx'}", f"--data={folder / 'inputs.npz'}", f"--out={folder / 'scores.npy'}"]
        sigma = STEPS_OF_SCALE * step_of(exported.inputs)
        line = [*find_command(), "scores", *files, "--features", f"--sigma={sigma!r}", f"--output={exported.output}"]
        try:
            run_command(line, lambda _line: None)
        except SmoothcertError as error:
            raise _random() if error.code == "MODEL_NOT_DETERMINISTIC" else error
        return np.asarray(np.load(folder / "scores.npy"))


def _difference(given: Array, wanted: Array) -> Optional[float]:
    """Returns the largest difference as a share of the largest score; ``None`` if other scores are infinite or NaN."""
    finite = np.isfinite(wanted)
    if not np.array_equal(finite, np.isfinite(given)):
        return None
    if not np.array_equal(given[~finite], wanted[~finite], equal_nan=True):
        return None
    if not finite.any():
        return 0.0
    largest = float(np.abs(wanted[finite]).max())
    difference = float(np.abs(given[finite] - wanted[finite]).max())
    return difference if largest == 0 else difference / largest


def _other_class(given: Array, wanted: Array) -> Optional[int]:
    """Returns a row whose class differs although the original's two largest scores are no tie; ``None`` if there is none."""
    for row, (ours, theirs) in enumerate(zip(given, wanted)):
        if np.isnan(theirs).any():
            continue
        tie = 2 * TOLERANCE * float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0))
        if theirs.max() - theirs[int(ours.argmax())] > tie:
            return row
    return None


def _random() -> SmoothcertError:
    return SmoothcertError(
        "MODEL_NOT_DETERMINISTIC",
        "The model is random in evaluation mode, too: its export draws numbers. A certificate needs a model that does not.",
        "Write functional.dropout(x, p, training=self.training), or torch.nn.Dropout, and no torch.rand in forward. Nothing was drawn.",
    )


def _differs(what: str) -> SmoothcertError:
    causes: List[str] = [
        "dropout or other randomness that stays on in evaluation mode (functional.dropout without training=self.training)",
        "batch statistics (BatchNorm with track_running_stats=False)",
        "Python code that depends on values or on the batch (if, for, .item()), which an export freezes",
        "an operator that the exporter translates wrongly: export with another opset_version and give the file",
    ]
    return SmoothcertError(
        "MODEL_EXPORT_DIFFERS",
        f"The model exported to ONNX is not the original: {what}.",
        "Nothing was drawn. Usual causes: " + "; ".join(causes) + ". Mend the model, or export it yourself and give the path of the file.",
    )
