"""Returns what follows from a job of job.json: its images, the σ and the norm of its noise."""

from __future__ import annotations

import math
from typing import Any, Dict

#: Standard deviation of each noise at scale 1.
DEVIATIONS = {"gaussian": 1.0, "laplace": math.sqrt(2), "uniform": 1 / math.sqrt(3)}
#: Digits of a standard deviation that come back from the scale that was made of it.
SIGMA_DIGITS = 15

Job = Dict[str, Any]


def image_range(job: Job) -> range:
    """Returns the indices of the images of a job, decided or not."""
    images = job["claim"]["images"]
    return range(int(images["start"]), int(images["stop"]), int(images["step"]))


def sigma_of(job: Job) -> float:
    """Returns the standard deviation of the noise, in pixels of [0, 1]."""
    noise = job["draw"]["noise"]
    deviation = DEVIATIONS[noise["kind"]]
    scale = float(noise["scale"])
    return scale if deviation == 1 else float(f"{scale * deviation:.{SIGMA_DIGITS}g}")


def norm_of(job: Job) -> str:
    """Returns the norm of the radii: ``"l2"``, or ``"l1"`` with Laplace and uniform noise."""
    return "l2" if job["draw"]["noise"]["kind"] == "gaussian" else "l1"
