"""The other commands: plan, study, verify, report, and the summary of a folder."""

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
from ._folder import JobFolder, is_job, jobs_below, read_folder
from ._job import flags_of, sigmas_of
from ._model import model_of
from ._process import DONE, SOME_FAILED, run_command
from ._run import Run
from ._runs import Runs
from ._stored import INPUTS, input_arguments, stored

#: Exit code of verify: something does not hold.
DOES_NOT_HOLD = 4

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


def plan(
    model: Any = None,
    x: Any = None,
    y: Any = None,
    *,
    from_: Union[Results, Sequence[Results], None] = None,
    sigma: Optional[float] = None,
    normalize: Any = None,
    out: Optional[PathLike] = None,
    **flags: Any,
) -> Dict[str, Any]:
    """Says what a number of samples will give, and how many are needed.

    Parameters
    ----------
    model, x, y
        As of `certify`: a pilot is drawn on up to 100 images. Without them give ``from_``, or ``prior`` as a flag.
    from_ : Run, Runs, path, or a sequence of them, optional
        Results to plan from.
    sigma : float, optional
        Needed with a pilot; in pixels of [0, 1].
    normalize : (mean, std), optional
        As of `certify`.
    out : path, optional
        Folder for plan.csv, plan.json and figures; needed with a pilot, whose votes lie there, too.
    **flags
        Those of ``smoothcert plan``: ``samples=[1000, 10000]``, ``loss=5``, ``reach="0.5:0.6"``, ``hours=24`` …

    Returns
    -------
    dict
        The plan, as ``--json`` prints it (docs/plan.md).
    """
    given = flags_of("plan", flags, normalize)
    sigmas = [] if sigma is None else sigmas_of(sigma)
    words = [*_from(from_), *(f"--sigma={one!r}" for one in sigmas)]
    if model is None:
        return ask("plan", given, [*words, *([] if out is None else [f"--out={out}"])])
    if out is None:
        raise SmoothcertError("OPTION_INVALID", "A pilot needs a folder for its votes.", 'Add out="plan", or any other folder.')
    return on_inputs("plan", (model, x, y), sigmas, out, given, ["--pilot", *words])


def study(
    model: Any = None,
    x: Any = None,
    y: Any = None,
    *,
    out: Optional[PathLike] = None,
    sigma: Union[float, Sequence[float], None] = None,
    from_: Union[Results, Sequence[Results], None] = None,
    normalize: Any = None,
    **flags: Any,
) -> Dict[str, Any]:
    """Studies how radius, certified accuracy and errors depend on the number of samples, from one drawing.

    Parameters
    ----------
    model, x, y, normalize
        As of `certify`. Without them give ``from_``.
    out : path
        Folder for tables, figures and study.json. Needed.
    sigma : float or sequence of float, optional
        In pixels of [0, 1]; needed with a model.
    from_ : Run, Runs, path, or a sequence of them, optional
        Results of ``certify(…, stop="fixed", keep_counts=True)``: nothing is drawn.
    **flags
        Those of ``smoothcert study``: ``max_samples=10000``, ``images="0:100"`` …

    Returns
    -------
    dict
        study.json (docs/study.md).
    """
    given = flags_of("study", flags, normalize)
    if out is None:
        raise SmoothcertError("OPTION_INVALID", "A study needs a folder.", 'Add out="study", or any other folder.')
    sigmas = [] if sigma is None else sigmas_of(sigma)
    words = [*_from(from_), *([f"--sigma={','.join(map(repr, sigmas))}"] if sigmas else [])]
    if model is None:
        return ask("study", given, [*words, f"--out={out}"])
    return on_inputs("study", (model, x, y), sigmas, out, given, words)


def verify(results: Results, model: Any = None, x: Any = None, y: Any = None, **flags: Any) -> Dict[str, Any]:
    """Checks results with a second implementation, in exact arithmetic.

    Parameters
    ----------
    results : Run, Runs or path
        A folder of results, or of several σ (each is checked), or a .tsv file in the form of Cohen et al.
    model, x, y
        As of `certify`: then a part of the votes is drawn again and compared.
    **flags
        Those of ``smoothcert verify``: ``share=0.01``, of a .tsv ``sigma=0.5``, ``samples=100000``.

    Returns
    -------
    dict
        ``["holds"]`` is True if all that was checked holds; ``["findings"]`` says what does not (docs/verify.md). Of several
        folders ``["jobs"]`` has the answers by folder, and the other two are those of all.
    """
    places = _paths(results)
    given = flags_of("verify", flags, None)
    if model is None:
        return _of_all({str(one): ask("verify", given, [str(one)], (DONE, DOES_NOT_HOLD)) for one in places})
    data = data_of(x, y)
    with TemporaryDirectory(prefix="smoothcert-") as name:
        jobs = [read_folder(one) for one in places]
        # The normalisation is that of the job, of which nothing is given here.
        inputs = stored(model_of(model, data, {**_prepared_as(jobs), **given}, [job.sigma for job in jobs]), data, Path(name))
        words = input_arguments(inputs)
        return _of_all({str(one): ask("verify", given, [str(one), *words], (DONE, DOES_NOT_HOLD)) for one in places})


def _prepared_as(jobs: Sequence[JobFolder]) -> Dict[str, object]:
    """Returns the flags of the preprocessing of jobs, all prepared like the first."""
    draw = jobs[0].job["draw"]
    how = draw["normalisation"]
    return {"input_scale": how["inputScale"], "mean": how["mean"], "std": how["std"], "noise": draw["noise"]["kind"], "layout": draw["layout"]}


def _of_all(answers: Dict[str, Dict[str, Any]]) -> Dict[str, Any]:
    """Returns the one answer, or those of several folders together."""
    if len(answers) == 1:
        return next(iter(answers.values()))
    findings = [finding for answer in answers.values() for finding in answer.get("findings", [])]
    return {"holds": all(answer["holds"] for answer in answers.values()), "findings": findings, "jobs": answers}


def report(*results: Results, out: Optional[PathLike] = None, **flags: Any) -> Path:
    """Writes a report: one HTML file with figures and images, and returns its path.

    Parameters
    ----------
    *results : Run, Runs or path
        One or several; several are compared.
    out : path, optional
        The file; ``None``: ``report.html`` in the folder of the results, of several in the current one.
    **flags
        Those of ``smoothcert report``: ``figures="figures"`` writes each figure as SVG, PNG and CSV, too.
    """
    folders = [folder for one in results for folder in _paths(one)]
    if not folders:
        raise SmoothcertError("OPTION_INVALID", "report is given no results.", "Give a Run, Runs or folders.")
    file = Path(out) if out is not None else (folders[0] / "report.html" if len(folders) == 1 else Path("report.html"))
    command = find_command()
    given = arguments(command, "report", flags_of("report", flags, None))
    run_command([*command, "report", *map(str, folders), f"--out={file}", *given], lambda _line: None)
    return file


def _from(results: Union[Results, Sequence[Results], None]) -> List[str]:
    if results is None:
        return []
    several = results if isinstance(results, (list, tuple)) else [results]
    return [f"--from={folder}" for one in several for folder in _paths(one)]


def _paths(results: Any) -> List[Path]:
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
