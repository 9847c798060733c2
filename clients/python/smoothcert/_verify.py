"""verify: checks results with a second implementation."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, Sequence

from ._ask import Results, ask, paths_of
from ._data import data_of
from ._folder import JobFolder, read_folder
from ._job import flags_of
from ._model import model_of
from ._process import DONE
from ._stored import input_arguments, stored

#: Exit code of verify: something does not hold.
DOES_NOT_HOLD = 4


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
    places = paths_of(results)
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
