"""Runs a job for each σ: inputs are written, the command or a server draws, the results are read."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

import numpy as np

from ._arrays import PathLike, digest_of
from ._command import find_command, is_of_npm
from ._data import Data, data_of
from ._errors import SmoothcertError
from ._flags import arguments, require_flags
from ._folder import is_job, read_folder
from ._inputs import Inputs, ServerOptions
from ._model import Model, model_of
from ._news import News
from ._process import run_command
from ._progress import Progress
from ._run import Run
from ._stored import StoredInputs, input_arguments

#: Where results go that nobody named a folder for, in the current one.
UNNAMED = Path("smoothcert-runs")
#: Flags that are arguments with names of their own.
ARGUMENTS = {"model": "model", "data": "x", "sigma": "sigma", "out": "out", "server": "server"}

Sigma = Union[float, Sequence[float]]


@dataclass(frozen=True)
class Asked:
    """What a call asks for.

    Attributes
    ----------
    verb : str
        ``"certify"`` or ``"predict"``.
    model, data : Model, Data
    sigmas : list of float
        Standard deviations, each a job of its own.
    several : bool
        True: each job has a folder below ``out``.
    flags : dict
        The others, by keyword.
    """

    verb: str
    model: Model
    data: Data
    sigmas: List[float]
    several: bool
    flags: Dict[str, object]

    def unnamed_folder(self) -> Path:
        """Returns a folder that follows from all that is asked for: the same call finds it again."""
        flags = sorted((name, str(value)) for name, value in self.flags.items())
        about = f"{self.verb} {self.model.digest} {self.data.digest} {self.sigmas} {flags}"
        return UNNAMED / digest_of(np.array(about))


def asked_of(
    verb: str,
    inputs: Sequence[Any],
    sigma: Optional[Sigma],
    normalize: Any,
    flags: Mapping[str, object],
    server: Optional[ServerOptions],
) -> Asked:
    """Returns what a call asks for, read and checked as far as it can be before anything is written.

    Parameters
    ----------
    verb : str
    inputs : (model, x, y)
    sigma : float or sequence of float
    normalize : (mean, std), optional
    flags : mapping
        By keyword.
    server : ServerOptions, optional
        ``None``: the command draws, and is asked for its flags.
    """
    model, x, y = inputs
    all_flags = flags_of(verb, flags, normalize)
    sigmas = sigmas_of(sigma)
    several = sigma is not None and np.ndim(sigma) > 0
    if server is None:
        require_flags(verb, all_flags)
    data = data_of(x, y)
    exported = model_of(model, data, all_flags, sigmas)
    return Asked(verb, exported, data, sigmas, several, {**exported.flags, **all_flags})


def sigmas_of(sigma: Optional[Sigma]) -> List[float]:
    """Returns σ, or several, as floats. Raises SmoothcertError ``OPTION_INVALID``."""
    if sigma is None:
        raise SmoothcertError(
            "OPTION_INVALID", "sigma is missing: the standard deviation of the noise, in pixels of [0, 1].", "Add for example sigma=0.25."
        )
    try:
        sigmas = [float(one) for one in np.asarray(sigma, dtype=np.float64).reshape(-1)]
    except (TypeError, ValueError):
        raise SmoothcertError("OPTION_INVALID", f"sigma={sigma!r} is no number.", "Give a number, or a list of them.") from None
    if len(set(sigmas)) < len(sigmas) or not sigmas:
        raise SmoothcertError("OPTION_INVALID", f"sigma={sigma!r} names a σ twice, or none.", "Give each σ once.")
    return sigmas


def flags_of(verb: str, flags: Mapping[str, object], normalize: Any) -> Dict[str, object]:
    """Returns the flags with ``mean`` and ``std``. Raises SmoothcertError ``OPTION_INVALID`` for what has an argument of its own."""
    for name in flags:
        # verify has a flag for the σ of a table.
        if name in ARGUMENTS and not (verb == "verify" and name == "sigma"):
            raise SmoothcertError(
                "OPTION_INVALID", f"{name} has an argument of its own.", f"Give it as {ARGUMENTS[name]}=…"
            )
    if normalize is None:
        return dict(flags)
    if "mean" in flags or "std" in flags:
        raise SmoothcertError("OPTION_INVALID", "normalize is (mean, std), and one of them is given beside it.", "Leave one out.")
    try:
        mean, std = normalize
    except (TypeError, ValueError):
        raise SmoothcertError(
            "OPTION_INVALID", "normalize is no pair.", "Write normalize=(mean, std), each one value or one a channel."
        ) from None
    return {**flags, "mean": mean, "std": std}


def run_jobs(asked: Asked, out: Optional[PathLike], server: Optional[ServerOptions], progress: Optional[bool]) -> List[Run]:
    """Draws what is asked for, one σ after the other, and returns the results.

    Ctrl-C ends with KeyboardInterrupt once what is decided is written; the same call resumes.
    """
    base = Path(out).expanduser() if out is not None else asked.unnamed_folder()
    folders = [base / repr(sigma) if asked.several else base for sigma in asked.sigmas]
    if out is None and progress is not False:
        print(f"Note: the results go to {base}; out=… names another folder.", file=sys.stderr)
    with StoredInputs(asked.model, asked.data, base, folders) as inputs:
        return [
            _run_job(asked, inputs, sigma, folder, server, progress) for sigma, folder in zip(asked.sigmas, folders)
        ]


def _run_job(
    asked: Asked, inputs: Inputs, sigma: float, folder: Path, server: Optional[ServerOptions], shown: Optional[bool]
) -> Run:
    progress = Progress(shown, f"σ = {sigma:g}")
    news = News(progress)
    for note in asked.model.notes:
        news.take({"news": "note", "text": note})
    try:
        if server is None:
            _draw_here(asked, inputs, sigma, folder, news, progress)
        else:
            from ._server import certify_on_server

            certify_on_server(inputs, sigma, folder, asked.flags, server, news.take)
    except KeyboardInterrupt:
        # A job on a server goes on, and says so itself.
        if server is not None or not is_job(folder):
            raise
        # The last line of the traceback says it, also where nothing else is shown.
        raise KeyboardInterrupt(
            f"{news.decided} of {news.images} images are decided, in {folder}. The same call resumes."
        ) from None
    finally:
        progress.close()
    job = read_folder(folder)
    for note in job.notes:
        # A job that was done already tells its notes again.
        if note not in news.notes:
            news.take({"news": "note", "text": note})
    run = Run(job, news.summary, news.notes)
    failed = int((run.outcome == "failed").sum())
    if failed > 0:
        warnings.warn(f"{failed} images failed, and count as not certified: run.df has the reasons.", stacklevel=4)
    return run


def _draw_here(asked: Asked, inputs: Inputs, sigma: float, folder: Path, news: News, progress: Progress) -> None:
    words = find_command()
    if is_of_npm(words):
        progress.note(f"The command is that of this folder: {words[-1]}")
    given = arguments(words, asked.verb, asked.flags)
    line = [*words, asked.verb, *input_arguments(inputs), f"--sigma={sigma!r}", f"--out={folder}", "--json-lines", *given]
    run_command(line, news.line)
