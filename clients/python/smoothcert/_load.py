"""Reads results that lie in folders."""

from __future__ import annotations

from pathlib import Path
from typing import List, Sequence, Union

from ._arrays import PathLike, is_path
from ._errors import SmoothcertError
from ._folder import is_job, jobs_below, read_folder
from ._run import Run
from ._runs import Runs


def load(folder: Union[PathLike, Sequence[PathLike]]) -> Union[Run, Runs]:
    """Reads the results of folders that certify or predict wrote, by this package or by the command.

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
        ``FOLDER_UNUSABLE`` where no job is, ``RESULTS_MISSING``, ``JOB_FILE_DAMAGED``; ``OPTION_INVALID`` if two have the
        same σ.
    """
    if not isinstance(folder, (list, tuple)):
        assert is_path(folder)
        path = Path(folder).expanduser()  # type: ignore[arg-type]
        if is_job(path):
            return Run(read_folder(path))
        below = jobs_below(path)
        if not below:
            raise SmoothcertError(
                "FOLDER_UNUSABLE", f"{path} has no job, and no folder of a job in it.", "Name the folder that out= named."
            )
        return Runs([Run(read_folder(one)) for one in below])
    return Runs(_each(folder))


def _each(folders: Sequence[PathLike]) -> List[Run]:
    return [Run(read_folder(Path(one).expanduser())) for one in folders]
