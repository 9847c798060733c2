"""The results of several jobs, one for each σ."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from ._errors import SmoothcertError
from ._rows import Floats, Radii
from ._run import Run, Shown, one_of


class Runs(Shown):
    """The results of several jobs, one for each σ: ``runs[0.5]`` is a `Run`; iterating gives the Runs, in the order of σ."""

    def __init__(self, runs: Sequence[Run]) -> None:
        ordered = sorted(runs, key=lambda run: run.sigmas)
        super().__init__([folder for run in ordered for folder in run._folders])
        self._runs: Dict[float, Run] = {run.sigmas[0]: run for run in ordered}
        if len(self._runs) < len(ordered):
            raise SmoothcertError(
                "OPTION_INVALID",
                "Two of these folders have the same σ.",
                "Load them one by one; plot(ax=…, label=…) draws them into one figure.",
            )

    @property
    def folders(self) -> List[Path]:
        """The folders, in the order of σ."""
        return [run.folder for run in self]

    @property
    def sigmas(self) -> Tuple[float, ...]:
        """The standard deviations, ascending."""
        return tuple(self._runs)

    @property
    def summary(self) -> Dict[float, Dict[str, Any]]:
        """The summaries by σ."""
        return {sigma: run.summary for sigma, run in self._runs.items()}

    def __getitem__(self, sigma: float) -> Run:
        """Returns the run of one σ. Raises KeyError, which names those that there are."""
        return one_of(self._runs, sigma)

    def __iter__(self) -> Iterator[Run]:
        return iter(self._runs.values())

    def __len__(self) -> int:
        return len(self._runs)

    def acr(self) -> Dict[float, float]:
        """Returns the average certified radius by σ; see `Run.acr`."""
        return {sigma: run.acr() for sigma, run in self._runs.items()}

    def mean_radius(self) -> Dict[float, float]:
        """Returns the mean radius by σ; see `Run.mean_radius`."""
        return {sigma: run.mean_radius() for sigma, run in self._runs.items()}

    def certified_accuracy(self, radii: Radii) -> Dict[float, Floats]:
        """Returns the certified accuracy at each radius, by σ; see `Run.certified_accuracy`."""
        return {sigma: run.certified_accuracy(radii) for sigma, run in self._runs.items()}

    def __repr__(self) -> str:
        sigmas = ", ".join(f"{sigma:g}" for sigma in self.sigmas)
        return f"<smoothcert.Runs σ={sigmas}, {len(self._runs)} jobs>"
