"""Asks the command, with ``--json``, and says where results lie."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from ._arrays import PathLike, is_path
from ._command import find_command
from ._data import data_of
from ._errors import SmoothcertError
from ._flags import arguments, require_flags
from ._folder import is_job, jobs_below
from ._model import model_of
from ._process import DONE, SOME_FAILED, run_command
from ._run import Run
from ._runs import Runs
from ._stored import INPUTS, input_arguments, stored

#: Results, or the folders where they lie.
Results = Union[Run, Runs, PathLike]


def ask(
    verb: str, flags: Mapping[str, object], words: Sequence[str] = (), accepted: Sequence[int] = (DONE, SOME_FAILED)
) -> Dict[str, Any]:
    """Runs a command with ``--json`` and returns the object that it prints.

    Parameters
    ----------
    verb : str
    flags : mapping
        By keyword, as they were given.
    words : sequence of str
        Further arguments, as the command line has them.
    accepted : sequence of int
        Exit codes that are no error.
    """
    command = find_command()
    lines: List[str] = []
    given = arguments(command, verb, flags)
    run_command([*command, verb, *words, "--json", *given], lines.append, accepted)
    answer = json.loads("\n".join(lines))
    assert isinstance(answer, dict)
    return answer


def summary_of(folder: Path) -> Dict[str, Any]:
    """Returns the summary of a job's folder, which the command makes of its votes."""
    return ask("results", {"no_report": True}, [str(folder)])


def on_inputs(
    verb: str,
    inputs: Sequence[Any],
    sigmas: Sequence[float],
    out: Optional[PathLike],
    flags: Mapping[str, object],
    words: Sequence[str],
) -> Dict[str, Any]:
    """Runs a command with ``--json`` on a model and data, which are written below ``out``, or into a folder of the moment.

    Parameters
    ----------
    verb : str
    inputs : (model, x, y)
    sigmas : sequence of float
        On whose noise an export is compared, too.
    out : path, optional
    flags : mapping
    words : sequence of str
        Further arguments, as the command line has them.
    """
    model, x, y = inputs
    require_flags(verb, flags)
    data = data_of(x, y)
    exported = model_of(model, data, flags, sigmas)
    given = {**exported.flags, **flags}
    if out is None:
        with TemporaryDirectory(prefix="smoothcert-") as name:
            return ask(verb, given, [*input_arguments(stored(exported, data, Path(name))), *words])
    folder = Path(out).expanduser() / INPUTS
    folder.mkdir(parents=True, exist_ok=True)
    return ask(verb, given, [*input_arguments(stored(exported, data, folder)), f"--out={out}", *words])


def paths_of(results: Any) -> List[Path]:
    """Returns the folders of results: of a folder without a job those of the jobs in it, as `load` reads it."""
    if isinstance(results, Runs):
        return results.folders
    if isinstance(results, Run):
        return [results.folder]
    if not is_path(results):
        kind = type(results).__name__
        raise SmoothcertError("OPTION_INVALID", f"A {kind} is no results.", "Give a Run, Runs, or the path that out= named.")
    path = Path(results).expanduser()
    return list(jobs_below(path)) if path.is_dir() and not is_job(path) and jobs_below(path) else [path]
