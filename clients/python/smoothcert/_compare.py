"""Compares an exported model with the original, through the runtime that will draw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import List, Optional, Tuple

import numpy as np

from ._arrays import Array, write_arrays, write_bytes
from ._command import find_command
from ._errors import SmoothcertError
from ._process import run_command

#: Images on which the two are compared, and copies of images with noise, of all σ together.
COMPARED, COMPARED_NOISY = 8, 24
#: Values keep so many binary digits, so that both see the same numbers: the command holds them on a lattice.
DIGITS = 11
#: A lattice's step is at most this part of the noise's scale.
STEPS_OF_SCALE = 64
#: Largest difference of a score, as a share of how far it is below the highest one, or of the usual distance of the two highest
#: scores if that is more: so many votes may change, at most.
TOLERANCE = 2e-3
#: Largest difference by rounding alone, as a share of the score: 16 times the precision of float32.
ROUNDING = 2.0**-19


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
        What the original gives for them in float32 on the CPU, [rows, classes].
    own : numpy.ndarray, optional
        What the original gives for them in its own type and on its own device, [rows, classes].
    own_tolerance : float
        As `TOLERANCE`, for ``own``.
    notes : tuple of str
        Remarks on the export, a sentence each.
    """

    onnx: bytes
    output: str
    inputs: Array
    scores: Array
    own: Optional[Array] = None
    own_tolerance: float = TOLERANCE
    notes: Tuple[str, ...] = ()


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
    """Compares the scores of the exported model with those of the original, on images and on noisy copies of them.

    Raises
    ------
    SmoothcertError
        ``MODEL_EXPORT_DIFFERS``, with the size of the difference; what the command refuses the model with.
    """
    given = _scores(exported)
    require_same(given, exported.scores, TOLERANCE)
    if exported.own is not None:
        require_same(given, exported.own, exported.own_tolerance)


def require_same(given: Array, wanted: Array, tolerance: float) -> None:
    """Raises SmoothcertError ``MODEL_EXPORT_DIFFERS`` unless scores [rows, classes] are those of the original, but for rounding.

    A score may differ the more, the farther it is below the highest one of its row: it then has no part in the vote. Scores that
    mask a class (very low, or −inf) so allow nothing to the others.
    """
    if given.shape != wanted.shape:
        raise _differs(f"it gives scores of shape {list(given.shape)}, and the original {list(wanted.shape)}")
    finite = np.isfinite(wanted)
    if not np.array_equal(finite, np.isfinite(given)) or not np.array_equal(given[~finite], wanted[~finite], equal_nan=True):
        raise _differs("one gives NaN or infinite scores where the other does not")
    limits = _limits(wanted.astype(np.float64), tolerance)
    difference = np.where(finite, np.abs(np.subtract(given, wanted, where=finite, out=np.zeros(wanted.shape))), 0.0)
    excess = difference - limits
    if (excess > 0).any():
        place = divmod(int(excess.argmax()), excess.shape[1])
        raise _differs(
            f"the score of class {place[1]} differs by {difference[place]:.2g}, and rounding explains {limits[place]:.2g}"
        )
    for row, (ours, theirs) in enumerate(zip(given, wanted)):
        if np.isnan(theirs).any() or ours.argmax() == theirs.argmax():
            continue
        if theirs.max() - theirs[int(ours.argmax())] > 2 * limits[row, int(theirs.argmax())]:
            raise _differs(f"it gives input {row} of those compared another class, and that is no tie")


def _limits(wanted: Array, tolerance: float) -> Array:
    """Returns how much each score may differ, [rows, classes]."""
    finite = np.isfinite(wanted)
    ranked = np.sort(np.where(finite, wanted, -np.inf), axis=1)
    top, second = ranked[:, -1:], ranked[:, -2:-1]
    both = np.isfinite(top) & np.isfinite(second)
    usual = float(np.median(top[both] - second[both])) if both.any() else 0.0
    below = np.where(finite, np.subtract(top, wanted, where=finite, out=np.zeros(wanted.shape)), 0.0)
    size = np.where(finite, np.abs(wanted), 0.0)
    largest = np.maximum(size, np.where(np.isfinite(top), np.abs(top), 0.0))
    return np.asarray(tolerance * np.maximum(usual, below) + ROUNDING * largest)


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
