"""Reads results that lie in folders."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import List, Sequence, Union

from ._arrays import PathLike, is_path
from ._command import command_or_none
from ._errors import SmoothcertError
from ._folder import is_job, read_folder, require_jobs
from ._process import run_command
from ._run import Run
from ._runs import Runs


def load(folder: Union[PathLike, Sequence[PathLike]]) -> Union[Run, Runs]:
    """Reads the results of folders that certify or predict wrote, by this package or by the command.

    Where the folder has the ledger of its votes and the command is found, the command makes the rows anew of the votes (about
    half a second a folder; the folder is only read), and refuses jobs that an audit has refuted. Otherwise, of a server's job or
    without the command, results.jsonl is read: job.json must have its digest, each image must be of the job, once, and no radius
    may be larger than unanimous votes give. Whoever can write into the folder can forge what is within that.

    Parameters
    ----------
    folder : path or sequence of paths
        Of one job, or with folders of jobs in it (``out`` of a call with several σ), or several of one job each.

    Returns
    -------
    Run or Runs
        A `Run` of the folder of one job, else `Runs`.

    Raises
    ------
    SmoothcertError
        ``FOLDER_UNUSABLE`` where no job is, ``RESULTS_MISSING``, ``JOB_FILE_DAMAGED``, ``LEDGER_DAMAGED``;
        ``MODEL_NOT_DETERMINISTIC`` of a refuted job; ``OPTION_INVALID`` if two have the same σ.
    """
    if isinstance(folder, (list, tuple)):
        return Runs([_read(Path(one).expanduser()) for one in folder])
    if not is_path(folder):
        raise SmoothcertError(
            "OPTION_INVALID", f"A {type(folder).__name__} is no folder.", "Give the path that out= named, or a list of such paths."
        )
    path = Path(folder).expanduser()  # type: ignore[arg-type]
    if is_job(path):
        return _read(path)
    return Runs([_read(one) for one in require_jobs(path)])


def _read(path: Path) -> Run:
    """Returns the results of one job, made of its votes where that is possible."""
    words = command_or_none() if (path / "ledger").is_file() else None
    if words is None:
        return Run(read_folder(path))
    with TemporaryDirectory(prefix="smoothcert-") as name:
        lines: List[str] = []
        run_command([*words, "results", str(path), f"--out={name}", "--no-report", "--json"], lines.append)
        summary = {**json.loads("\n".join(lines)), "out": str(path)}
        return Run(read_folder(path, Path(name)), summary)
