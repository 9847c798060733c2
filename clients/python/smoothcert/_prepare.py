"""Prepares some images as a model gets them, with noise and without."""

from __future__ import annotations

import math
from typing import Any, List, Mapping, Sequence

import numpy as np

from ._arrays import Array
from ._job_facts import DEVIATIONS
from ._compare import COMPARED_NOISY
from ._errors import SmoothcertError

#: Of the noise on the images that are compared: the same call compares on the same ones.
SEED = 20190214


def prepared_inputs(images: Array, flags: Mapping[str, object], sigmas: Sequence[float]) -> Array:
    """Returns images as the model gets them, (p · scale − mean) / std of pixels p in [0, 1], and behind them noisy copies.

    Parameters
    ----------
    images : numpy.ndarray
        [images, …]; axes stay.
    flags : mapping
        ``input_scale``, ``mean``, ``std``, ``features``, ``noise``, by keyword.
    sigmas : sequence of float
        In pixels of [0, 1]; the smallest and the largest are drawn. The noise leaves [0, 1], as that of a job does.

    Returns
    -------
    numpy.ndarray
        float64 [images + 24, …].
    """
    if images.dtype.kind not in "biuf":
        raise SmoothcertError(
            "DATA_TYPE", f"x holds {images.dtype}, which are no numbers.", "Give uint8, or floats in [0, 1]."
        )
    pixels = images.astype(np.float64)
    if images.dtype == np.uint8 and not flags.get("features"):
        pixels /= 255
    values = _with_noise(pixels, str(flags.get("noise") or "gaussian"), sigmas)
    values *= float(str(flags.get("input_scale") or 1))
    axis = _channel_axis(images)
    values -= _per_channel(flags.get("mean"), 0.0, values, axis)
    values /= _per_channel(flags.get("std"), 1.0, values, axis)
    return values


def _with_noise(pixels: Array, kind: str, sigmas: Sequence[float]) -> Array:
    """Returns pixels, and as many noisy copies of them as are compared, of the smallest and of the largest σ."""
    usable = [sigma for sigma in sigmas if 0 < sigma < math.inf]
    chosen = sorted({min(usable), max(usable)}) if usable else []
    rng = np.random.default_rng(SEED)
    parts: List[Array] = [pixels]
    for sigma in chosen:
        copies = pixels[np.arange(COMPARED_NOISY // len(chosen)) % len(pixels)]
        parts.append(copies + _drawn(rng, kind, sigma, copies.shape))
    return np.concatenate(parts)


def _drawn(rng: np.random.Generator, kind: str, sigma: float, shape: Any) -> Array:
    """Returns noise of a standard deviation. A law that the command does not know is refused by it, later."""
    scale = sigma / DEVIATIONS.get(kind, 1.0)
    if kind == "laplace":
        return np.asarray(rng.laplace(scale=scale, size=shape))
    if kind == "uniform":
        return np.asarray(rng.uniform(-scale, scale, size=shape))
    return np.asarray(rng.normal(scale=scale, size=shape))


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
