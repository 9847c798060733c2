"""Finds the lattice that numbers lie on, exactly as the command does, so that the same images are the same data set.

docs/results.md of smoothcert says which lattice that is and why there is one; `input/lattice/` is the other implementation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, Optional

import numpy as np

from .._errors import SmoothcertError

#: The largest m of lattices 1/m that are searched for.
MAX_DENOMINATOR = 4_096
PIXEL_DENOMINATOR = 255
#: Pixels that lie on no lattice are rounded to a sixteenth of 1/255.
FINE_PIXEL_DENOMINATOR = 16 * PIXEL_DENOMINATOR
#: Features that lie on no lattice are rounded to at least so many steps for each scale of the noise.
STEPS_A_SCALE = 64
FINEST_EXPONENT = -40
LARGEST_POINT = 2**31 - 1
#: Scale of the noise in steps of the lattice.
MAX_RATIO = 16_384
#: The relative error of a few operations in float64, with which k/m may have been computed.
_FLOAT64_ERROR = 2.0**-50
#: Lattice points as far from 0 as this many steps are at least four steps of float32 apart.
_FARTHEST_IN_FLOAT32 = 2.0**21
#: Values that rule out most lattices before all values are asked.
_FEW = 64

#: Yields float64 values in pieces; may be called again.
Pieces = Callable[[], Iterable[Any]]


@dataclass(frozen=True)
class Lattice:
    """Where values lie: on multiples of numerator/denominator; by how much they were moved there at most and on average."""

    numerator: int
    denominator: int
    largest: float = 0.0
    mean: float = 0.0

    @property
    def step(self) -> float:
        """Distance of neighbouring points, in the units of the data."""
        return self.numerator / self.denominator


def choose_lattice(what: str, pieces: Pieces, features: bool, noise_scale: float) -> Lattice:
    """Returns the lattice of numbers, which are read once, and once more where they must be rounded.

    Parameters
    ----------
    what : str
        Name of the numbers, for an error.
    pieces : callable
        Yields them as float64 arrays.
    features : bool
        True: values in units of their own; False: pixels in [0, 1].
    noise_scale : float
        The scale of the noise that will be added, in the units of the numbers.

    Raises
    ------
    SmoothcertError
        DATA_RANGE if a value is too many steps from 0.
    """
    largest = 0.0

    def measured() -> Iterator[Any]:
        nonlocal largest
        for values in pieces():
            largest = max(largest, float(np.max(np.abs(values), initial=0.0)))
            yield values

    preferred = None if features else PIXEL_DENOMINATOR
    common = common_denominator(measured(), preferred)
    if common is not None:
        wide = noise_scale / (1 / common) <= MAX_RATIO and largest / (1 / common) <= LARGEST_POINT
        if not features or wide:
            return Lattice(1, common)
    step = _step_for(noise_scale) if features else Lattice(1, FINE_PIXEL_DENOMINATOR)
    if largest / step.step > LARGEST_POINT:
        shown = str(step.numerator) if step.denominator == 1 else f"{step.numerator}/{step.denominator}"
        raise SmoothcertError(
            "DATA_RANGE",
            f"{what} has a value as large as {largest}, which is too many steps of {shown}, the lattice for noise of this scale.",
            "Standardise the features, so that they and the noise are of one size.",
        )
    return _measure(pieces, step)


def common_denominator(pieces: Iterable[Any], preferred: Optional[int]) -> Optional[int]:
    """Returns the m for which each number is k/m with a whole k: the preferred one where it fits, else the smallest; None without one."""
    candidates = np.arange(1, MAX_DENOMINATOR + 1, dtype=np.float64)
    for values in pieces:
        if candidates.size == 0:
            continue
        few = values[:_FEW]
        candidates = candidates[_are_multiples(few[:, None], candidates[None, :]).all(axis=0)]
        candidates = np.array([m for m in candidates if _are_multiples(np.unique(values), m).all()])
    if preferred is not None and preferred in candidates:
        return preferred
    return int(candidates[0]) if candidates.size > 0 else None


def nearest_points(values: Any, lattice: Lattice) -> Any:
    """Returns the whole numbers of steps that are next to float64 values; a half goes up, as in JavaScript."""
    return _round(values * lattice.denominator / lattice.numerator)


def _are_multiples(numbers: Any, m: Any) -> Any:
    """Returns which numbers are k/m with a whole k, as float64 arithmetic or float32 writes k/m."""
    with np.errstate(over="ignore", invalid="ignore"):
        k = _round(numbers * m)
        quotients = k / m
        near = np.abs(quotients - numbers) <= _FLOAT64_ERROR * np.abs(numbers)
        as_float32 = quotients.astype(np.float32).astype(np.float64) == numbers
        return near | ((np.abs(k) <= _FARTHEST_IN_FLOAT32) & as_float32)


def _round(numbers: Any) -> Any:
    below = np.floor(numbers)
    return below + (numbers - below >= 0.5)


def _step_for(noise_scale: float) -> Lattice:
    exponent = max(math.floor(math.log2(noise_scale / STEPS_A_SCALE)), FINEST_EXPONENT)
    return Lattice(2 ** max(0, exponent), 2 ** max(0, -exponent))


def _measure(pieces: Pieces, step: Lattice) -> Lattice:
    """Returns the lattice with what rounding to it does. The sum goes from value to value, so that its last bits are the command's."""
    largest, total, count = 0.0, 0.0, 0
    for values in pieces():
        moved = np.abs(values - nearest_points(values, step) * step.step)
        largest = max(largest, float(np.max(moved, initial=0.0)))
        total = float(np.add.accumulate(np.concatenate(([total], moved)))[-1])
        count += values.size
    return Lattice(step.numerator, step.denominator, largest, total / count)
