"""Checks that the files of a folder belong together: job.json is one that was written, and its rows can come of it.

That each radius follows from the votes is not checked here: only the ledger has all votes, and the command reads it.
"""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist
from typing import Any, Callable, Dict, List

from ._errors import SmoothcertError
from ._job_facts import image_range, norm_of
from ._remote.job_text import digest_of_job, strict_json

#: Keys of every row.
ALWAYS = ("image", "label", "outcome", "class", "stop", "samples")
OUTCOMES = frozenset({"certified", "abstained", "failed", "predicted", "approximate"})
#: A radius may be larger by this share than the formula with the fewest digits says: noise on a lattice is not quite continuous.
SLACK = 1.02

Row = Dict[str, Any]


def is_job_of(job: Dict[str, Any], digest: object) -> bool:
    """Returns True if job.json holds a job, and that of its digest."""
    return isinstance(job.get("draw"), dict) and isinstance(job.get("claim"), dict) and digest_of_job(job) == digest


def rows_of(text: str, file: Path) -> List[Row]:
    """Returns the objects of results.jsonl, one a line. Raises SmoothcertError ``JOB_FILE_DAMAGED``."""
    try:
        # A text in a row may hold characters at which splitlines() would split, too.
        rows = [strict_json(line) for line in text.split("\n") if line]
    except (ValueError, RecursionError) as error:
        raise damaged(file) from error
    if not all(isinstance(row, dict) and all(key in row for key in ALWAYS) for row in rows):
        raise damaged(file)
    return rows


def require_possible(job: Dict[str, Any], rows: List[Row], file: Path) -> None:
    """Raises SmoothcertError ``JOB_FILE_DAMAGED`` unless each image is one of the job, once, and has what its claim can give.

    Checked are α, bound and norm of each row, its samples, and that its radius is no larger than that of unanimous votes.
    """
    claim = job["claim"]
    chosen = image_range(job)
    images = [row["image"] for row in rows]
    if not all(isinstance(image, int) for image in images):
        raise damaged(file)
    if len(set(images)) < len(images) or not all(image in chosen for image in images):
        raise damaged(file)
    reach = _reach_of(job["draw"]["noise"])
    if not all(_is_possible(row, claim, norm_of(job), reach) for row in rows):
        raise damaged(file)


def _is_possible(row: Row, claim: Dict[str, Any], norm: str, reach: Callable[[float], float]) -> bool:
    radius, samples = row.get("radius", 0), row["samples"]
    numbers = (radius, samples)
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) and one >= 0 for one in numbers):
        return False
    told = {"bound": claim["bound"], "norm": norm}
    if row["outcome"] not in OUTCOMES or any(key in row and row[key] != value for key, value in told.items()):
        return False
    # Of all certificates together each row has a part.
    if "alpha" in row and not (row["alpha"] == claim["alpha"] or (claim.get("simultaneous") and 0 < row["alpha"] <= claim["alpha"])):
        return False
    if row["outcome"] != "certified":
        return bool(radius == 0)
    return bool(claim["bound"] != "clt" and samples > 0 and radius <= SLACK * reach(float(claim["alpha"]) ** (1 / samples)))


def _reach_of(noise: Dict[str, Any]) -> Callable[[float], float]:
    """Returns the radius of a lower bound on the probability of a class, by the law of the noise.

    Cohen et al. 2019 (Gaussian, L2), Teng et al. 2020 (Laplace, L1), Yang et al. 2020 (uniform, L1). No bound that holds with
    probability 1 − α is above α^(1/n), the one of n unanimous votes.
    """
    scale = float(noise["scale"])
    if noise["kind"] == "laplace":
        return lambda lower: -scale * math.log(2 * (1 - lower)) if 0.5 < lower < 1 else 0.0
    if noise["kind"] == "uniform":
        return lambda lower: 2 * scale * max(0.0, lower - 0.5)
    return lambda lower: scale * NormalDist().inv_cdf(lower) if 0.5 < lower < 1 else 0.0


def damaged(file: Path) -> SmoothcertError:
    """Returns the error of a file that was not written by smoothcert, or edited."""
    return SmoothcertError(
        "JOB_FILE_DAMAGED",
        f"{file} is not what smoothcert wrote, or it was edited.",
        "Restore the folder from a copy, or certify into a new folder.",
    )
