"""Reads the folder of a job: what was claimed, and a row for each image that is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from ._checks import damaged, is_job_of, require_possible, rows_of
from ._errors import SmoothcertError
from ._job_facts import image_range, norm_of, sigma_of
from ._remote.job_text import strict_json

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
    name : str, optional
        That of the job.
    notes : list of str
        Those of job.json.
    table : bytes, optional
        The content of results.tsv, where the command made it of the votes when this was read.
    """

    path: Path
    job: Dict[str, Any]
    rows: List[Row]
    name: "str | None" = None
    notes: List[str] = field(default_factory=list)
    table: Optional[bytes] = None

    @property
    def sigma(self) -> float:
        """Standard deviation of the noise, in pixels of [0, 1]."""
        return sigma_of(self.job)

    @property
    def images(self) -> int:
        """The number of images of the job, decided or not."""
        return len(image_range(self.job))

    @property
    def rule(self) -> str:
        """The stopping rule, for example ``"gain"``; ``"predict"`` of a job of predictions."""
        return str(self.job["claim"]["stop"]["kind"])

    @property
    def norm(self) -> str:
        """The norm of its radii: ``"l2"``, or ``"l1"`` with Laplace and uniform noise."""
        return norm_of(self.job)

    @property
    def proves_radii(self) -> bool:
        """False of predictions and of ``bound="clt"``, which is approximate."""
        return self.rule != "predict" and self.job["claim"]["bound"] != "clt"


def read_folder(path: Path, rows: Optional[Path] = None) -> JobFolder:
    """Reads one job, and checks that its rows can be those of what job.json claims; `_checks` says what is checked.

    Parameters
    ----------
    path : Path
    rows : Path, optional
        A folder with results.jsonl and results.tsv that the command made of the votes of this job; ``None``: those in ``path``.

    Raises
    ------
    SmoothcertError
        ``FOLDER_UNUSABLE`` where there is none, ``JOB_FILE_DAMAGED``, ``RESULTS_MISSING`` where nothing is decided yet.
    """
    about = _object(path / "job.json")
    job = about.get("job")
    if not isinstance(job, dict) or not is_job_of(job, about.get("job_digest")):
        raise damaged(path / "job.json")
    try:
        text = ((rows or path) / "results.jsonl").read_text(encoding="utf-8")
    except OSError:
        raise SmoothcertError(
            "RESULTS_MISSING",
            f"{path} has a job and no results.jsonl: the job was killed, or runs now.",
            f"Make the call that began it again: it resumes. Or type: smoothcert results {path}",
        ) from None
    except ValueError as error:
        raise damaged(path / "results.jsonl") from error
    notes = [str(note) for note in about.get("notes") or []]
    table = None if rows is None else (rows / "results.tsv").read_bytes()
    folder = JobFolder(path, job, rows_of(text, path / "results.jsonl"), about.get("name"), notes, table)
    try:
        require_possible(job, folder.rows, path / "results.jsonl")
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        # A job that lacks what every job has, or has it of another type.
        raise damaged(path / "job.json") from error
    return folder


def is_job(path: Path) -> bool:
    """Returns True of the folder of a job."""
    return (path / "job.json").is_file()


def jobs_below(path: Path) -> Tuple[Path, ...]:
    """Returns the folders of jobs directly in a folder, by name."""
    if not path.is_dir():
        return ()
    return tuple(sorted(one for one in path.iterdir() if one.is_dir() and is_job(one)))


def require_jobs(path: Path) -> Tuple[Path, ...]:
    """Returns the folders of jobs directly in a folder, by name. Raises SmoothcertError ``FOLDER_UNUSABLE`` if there is none."""
    below = jobs_below(path)
    if not below:
        raise SmoothcertError(
            "FOLDER_UNUSABLE", f"{path} has no job, and no folder of a job in it.", "Name the folder that out= named."
        )
    return below


def _object(file: Path) -> Dict[str, Any]:
    try:
        content = strict_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SmoothcertError(
            "FOLDER_UNUSABLE",
            f"{file.parent} is no folder that certify wrote: {file.name} cannot be read ({error.strerror}).",
            "Name the folder that out= named.",
        ) from error
    except (ValueError, RecursionError) as error:
        raise damaged(file) from error
    if not isinstance(content, dict):
        raise damaged(file)
    return content
