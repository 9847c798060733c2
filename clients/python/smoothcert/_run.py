"""The results of one job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ._folder import JobFolder
from ._rows import Floats, Radii, Rows, mean_of, require_done, require_labels, require_radii, share_from

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas


class Shown(Rows):
    """What one job and several have in common: tables and figures."""

    @property
    def df(self) -> "pandas.DataFrame":
        """The arrays as a data frame, a row for each image and σ. Raises SmoothcertError ``PACKAGE_MISSING`` without pandas."""
        from ._tables import data_frame

        return data_frame(self._folders)

    def plot(self, ax: "Optional[matplotlib.axes.Axes]" = None, label: Optional[str] = None) -> "matplotlib.axes.Axes":
        """Draws certified accuracy against radius, one curve for each σ, as papers do.

        Each curve ends at the largest radius that is certified. Without labels every certificate counts.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; ``None``: a new figure. Several results can be drawn into one.
        label : str, optional
            Stands before σ in the legend.

        Returns
        -------
        matplotlib.axes.Axes
            ``.figure.savefig("curve.png")`` saves it.

        Raises
        ------
        SmoothcertError
            ``PACKAGE_MISSING`` without matplotlib; ``NO_RADII``, ``NOT_DONE``.
        """
        from ._plot import plot_curves

        return plot_curves(self._folders, ax, label)

    def _repr_html_(self) -> str:
        from ._tables import html_table

        return html_table(self._folders)


class Run(Shown):
    """The results of one job.

    Attributes are arrays with one value for each decided image, shape [rows]: ``image``, ``label``, ``predicted``,
    ``outcome``, ``stop``, ``radius``, ``p_lower``, ``samples``, ``sigma``, ``correct``. Radii and σ are in pixels of [0, 1].
    """

    def __init__(self, folder: JobFolder, summary: Optional[Mapping[str, Any]] = None, notes: Sequence[str] = ()) -> None:
        super().__init__([folder])
        self._folder = folder
        self._summary = None if summary is None else dict(summary)
        # Those of this call first; a job that was done already has its own in job.json.
        self.notes: List[str] = [*notes, *(note for note in folder.notes if note not in notes)]
        """Remarks on model, data and claim, a sentence each."""

    @property
    def folder(self) -> Path:
        """The folder of the job: results.tsv, job.json, report.html and the ledger lie there."""
        return self._folder.path

    @property
    def images(self) -> int:
        """The number of images of the job, decided or not."""
        return self._folder.images

    @property
    def done(self) -> bool:
        """True if every image is decided."""
        return len(self._folder.rows) == self._folder.images

    @property
    def job(self) -> Dict[str, Any]:
        """What was drawn and claimed, as job.json has it: seed, digests, α, rule, bound."""
        return self._folder.job

    @property
    def norm(self) -> str:
        """The norm of the radii, ``"l2"`` or ``"l1"``."""
        return self._folder.norm

    @property
    def summary(self) -> Dict[str, Any]:
        """The summary of the command, with the fields of ``smoothcert certify --json`` (docs/results.md); where this call has none, the
        command makes it of the votes. Of a server's job it has counts alone: images, decided, certified, samples …"""
        if self._summary is None:
            from ._ask import summary_of

            self._summary = summary_of(self.folder)
        return self._summary

    @property
    def sigmas(self) -> Tuple[float, ...]:
        """The one σ."""
        return (self._folder.sigma,)

    def __getitem__(self, sigma: float) -> "Run":
        """Returns this run, if it is of that σ. Raises KeyError, which names the one that it is of."""
        return one_of({self._folder.sigma: self}, sigma)

    def acr(self) -> float:
        """Returns the average certified radius: the mean over ALL images of radius × correct.

        Raises
        ------
        SmoothcertError
            ``LABELS_UNKNOWN``, ``NO_RADII``, ``NOT_DONE``.
        """
        require_radii(self._folder)
        require_labels(self._folders)
        return mean_of(self._folder, only_right=True)

    def mean_radius(self) -> float:
        """Returns the mean radius over ALL images, right or wrong, 0 without a certificate. Raises as `acr`, but for labels."""
        require_radii(self._folder)
        return mean_of(self._folder, only_right=False)

    def certified_accuracy(self, radii: Radii) -> Floats:
        """Returns the share of ALL images that are certified as their label, to at least each radius.

        Parameters
        ----------
        radii : float or array of float
            In pixels of [0, 1], any shape.

        Returns
        -------
        numpy.ndarray
            Shares in [0, 1], of the shape of ``radii``.

        Raises
        ------
        SmoothcertError
            ``LABELS_UNKNOWN``, ``NO_RADII``, ``NOT_DONE``.
        """
        require_radii(self._folder)
        require_labels(self._folders)
        return share_from(self._folder, radii)

    def accuracy(self) -> float:
        """Returns the share of ALL images whose certified or predicted class is the label.

        Raises
        ------
        SmoothcertError
            ``LABELS_UNKNOWN``, ``NOT_DONE``; ``NO_RADII`` of ``bound="clt"``.
        """
        require_done(self._folder)
        return float(self.correct.sum() / self.images)

    def to_tsv(self, file: "str | Path") -> Path:
        """Writes the rows in the columns of Cohen et al.'s certify.py, which analysis scripts of the field read, and returns the path."""
        from ._tables import write_tsv

        return write_tsv(self._folder, Path(file))

    def __repr__(self) -> str:
        decided = "" if self.done else f", {len(self._folder.rows)} decided"
        return f"<smoothcert.Run σ={self._folder.sigma:g}, {self.images} images{decided}, {self.folder}>"


def one_of(runs: "Mapping[float, Run]", sigma: float) -> Run:
    """Returns the run of one σ. Raises KeyError, which names those that there are."""
    if float(sigma) not in runs:
        raise KeyError(f"no σ = {float(sigma):g} here; there is {', '.join(f'{one:g}' for one in runs)}")
    return runs[float(sigma)]
