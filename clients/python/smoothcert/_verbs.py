"""The other commands: plan, study and report."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Union

from ._arrays import PathLike
from ._ask import Results, ask, on_inputs, paths_of
from ._command import find_command
from ._errors import SmoothcertError
from ._flags import arguments
from ._job import flags_of, sigmas_of
from ._process import run_command


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
    folders = [folder for one in results for folder in paths_of(one)]
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
    return [f"--from={folder}" for one in several for folder in paths_of(one)]
