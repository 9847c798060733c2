"""Reads the folder of a job: what was claimed, and a row for each image that is decided."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ._errors import SmoothcertError

#: Standard deviation of a noise of scale 1.
DEVIATIONS = {"gaussian": 1.0, "laplace": math.sqrt(2), "uniform": 1 / math.sqrt(3)}
#: Digits of a standard deviation that come back from the scale that was made of it.
SIGMA_DIGITS = 15

Row = Dict[str, Any]


@dataclass(frozen=True)
class JobFolder:
    """One job and what is decided of it.

    Attributes
    ----------
    path : Path
        The folder.
    job : dict
        ``job`` of job.json: what is drawn and what is claimed.
    rows : list of dict
        The rows of results.jsonl, in image order.
    """

    path: Path
    job: Dict[str, Any]
    rows: List[Row]
    name: "str | None" = None

    @property
    def sigma(self) -> float:
        """Standard deviation of the noise, in pixels of [0, 1]."""
        noise = self.job["draw"]["noise"]
        deviation = DEVIATIONS[noise["kind"]]
        scale = float(noise["scale"])
        return scale if deviation == 1 else float(f"{scale * deviation:.{SIGMA_DIGITS}g}")

    @property
    def images(self) -> int:
        """The number of images of the job, decided or not."""
        chosen = self.job["claim"]["images"]
        return len(range(int(chosen["start"]), int(chosen["stop"]), int(chosen["step"])))

    @property
    def rule(self) -> str:
        """The stopping rule, for example ``"gain"``; ``"predict"`` of a job of predictions."""
        return str(self.job["claim"]["stop"]["kind"])

    @property
    def norm(self) -> str:
        """The norm of its radii: ``"l2"``, or ``"l1"`` with Laplace and uniform noise."""
        return "l2" if self.job["draw"]["noise"]["kind"] == "gaussian" else "l1"

    @property
    def proves_radii(self) -> bool:
        """False of predictions and of ``bound="clt"``, which is approximate."""
        return self.rule != "predict" and self.job["claim"]["bound"] != "clt"


def read_folder(path: Path) -> JobFolder:
    """Reads one job.

    Raises
    ------
    SmoothcertError
        ``FOLDER_UNUSABLE`` where there is none, ``JOB_FILE_DAMAGED``, ``RESULTS_MISSING`` where nothing is decided yet.
    """
    about = _object(path / "job.json")
    job = about.get("job")
    if not isinstance(job, dict) or "draw" not in job or "claim" not in job:
        raise _damaged(path / "job.json")
    try:
        text = (path / "results.jsonl").read_text(encoding="utf-8")
    except OSError:
        raise SmoothcertError(
            "RESULTS_MISSING",
            f"{path} has a job and no results.jsonl: the job was killed, or runs now.",
            f"Make the call that began it again: it resumes. Or type: smoothcert results {path}",
        ) from None
    try:
        rows = [json.loads(line) for line in text.splitlines()]
    except ValueError as error:
        raise _damaged(path / "results.jsonl") from error
    return JobFolder(path, job, rows, about.get("name"))


def is_job(path: Path) -> bool:
    """Returns True of the folder of a job."""
    return (path / "job.json").is_file()


def jobs_below(path: Path) -> Tuple[Path, ...]:
    """Returns the folders of jobs directly in a folder, by name."""
    if not path.is_dir():
        return ()
    return tuple(sorted(one for one in path.iterdir() if one.is_dir() and is_job(one)))


def _object(file: Path) -> Dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SmoothcertError(
            "FOLDER_UNUSABLE",
            f"{file.parent} is no folder that certify wrote: {file.name} cannot be read ({error.strerror}).",
            "Name the folder that out= named.",
        ) from error
    except ValueError as error:
        raise _damaged(file) from error
    if not isinstance(content, dict):
        raise _damaged(file)
    return content


def _damaged(file: Path) -> SmoothcertError:
    return SmoothcertError(
        "JOB_FILE_DAMAGED",
        f"{file} is not what smoothcert wrote, or it was edited.",
        "Restore the folder from a copy, or certify into a new folder.",
    )
