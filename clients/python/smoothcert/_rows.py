"""The rows of results as arrays of NumPy, and the shares and means that papers report."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Tuple, Union

import numpy as np
import numpy.typing as npt

from ._errors import SmoothcertError
from ._folder import JobFolder, Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
#: Digits in which radii in float64 are read, of the rule target.
DECIMAL_DIGITS = 12
Radii = Union[float, Sequence[float], Floats]


class Rows:
    """Results of one or several jobs, row by row: the jobs in the order of σ, their images in theirs.

    Every array has one value for each image that is decided, of each job: shape [rows].
    """

    def __init__(self, folders: Sequence[JobFolder]) -> None:
        self._folders: Tuple[JobFolder, ...] = tuple(folders)

    @property
    def rows(self) -> List[Row]:
        """The objects of results.jsonl, with everything that docs/results.md describes."""
        return [row for folder in self._folders for row in folder.rows]

    def _column(self, value: Callable[[Row], Any], kind: Any) -> npt.NDArray[Any]:
        return np.array([value(row) for row in self.rows], dtype=kind)

    @property
    def image(self) -> Integers:
        """Index of the image in the data."""
        return self._column(lambda row: row["image"], np.int64)

    @property
    def label(self) -> Integers:
        """Label; −1 where it is not known."""
        return self._column(lambda row: -1 if row["label"] is None else row["label"], np.int64)

    @property
    def predicted(self) -> Integers:
        """The certified (or predicted) class; −1 for an abstention and for a failed image."""
        return self._column(lambda row: -1 if row["class"] is None else row["class"], np.int64)

    @property
    def outcome(self) -> npt.NDArray[np.str_]:
        """``"certified"``, ``"abstained"``, ``"failed"``, ``"predicted"`` or ``"approximate"``."""
        return self._column(lambda row: row["outcome"], np.str_)

    @property
    def stop(self) -> npt.NDArray[np.str_]:
        """Why no more was drawn; of failed images an error code."""
        return self._column(lambda row: row["stop"], np.str_)

    @property
    def radius(self) -> Floats:
        """Certified radius, rounded down, in pixels of [0, 1] and the norm of the noise; 0 without a certificate."""
        return self._column(lambda row: row.get("radius", 0.0), np.float64)

    @property
    def p_lower(self) -> Floats:
        """Lower bound on the probability of the class under noise; NaN without a certificate."""
        return self._column(lambda row: row.get("p_lower") or np.nan, np.float64)

    @property
    def samples(self) -> Integers:
        """Samples that the decision rests on."""
        return self._column(lambda row: row["samples"], np.int64)

    @property
    def sigma(self) -> Floats:
        """Standard deviation of the noise, in pixels of [0, 1]."""
        return np.array([folder.sigma for folder in self._folders for _ in folder.rows], dtype=np.float64)

    @property
    def correct(self) -> Booleans:
        """True where the class is the label; False for an abstention and for a failed image.

        Raises
        ------
        SmoothcertError
            ``LABELS_UNKNOWN`` where the data have no labels: then nobody can tell. ``NO_RADII`` of ``bound="clt"``, which certifies
            no class.
        """
        require_labels(self._folders)
        for folder in self._folders:
            require_exact(folder)
        label, predicted = self.label, self.predicted
        return np.asarray((predicted >= 0) & (predicted == label), dtype=np.bool_)


def require_labels(folders: Sequence[JobFolder]) -> None:
    """Raises SmoothcertError ``LABELS_UNKNOWN`` if the labels of a job are not known."""
    for folder in folders:
        if folder.rows and not is_labelled(folder):
            raise SmoothcertError(
                "LABELS_UNKNOWN",
                f"The labels of {folder.path} are not known, so nobody can tell which classes are right.",
                "Make the call that began the job again with y=…, into a new folder, or ask for mean_radius() and radius.",
            )


def is_labelled(folder: JobFolder) -> bool:
    """Returns True if labels are known, so that only right certificates count."""
    return any(row["label"] is not None for row in folder.rows)


def counted_radii(folder: JobFolder) -> Floats:
    """Returns the radii of the certificates that count, ascending: of right classes, or of all where labels are not known."""
    return np.sort(np.array(_certified_radii(folder, only_right=is_labelled(folder)), dtype=np.float64))


def _certified_radii(folder: JobFolder, only_right: bool) -> List[float]:
    """Returns the radii of the certificates, or of those alone whose class is the label, in image order."""
    return [
        row["radius"]
        for row in folder.rows
        if row["outcome"] == "certified" and (not only_right or row["class"] == row["label"])
    ]


def share_from(folder: JobFolder, radii: Radii) -> Floats:
    """Returns which share of ALL images counts at each radius: certified to at least that radius. Same shape as ``radii``."""
    held = counted_radii(folder)
    asked = _asked(folder, radii)
    return np.asarray((len(held) - np.searchsorted(held, asked, side="left")) / folder.images, dtype=np.float64)


def _asked(folder: JobFolder, radii: Radii) -> Floats:
    """Returns radii as float64. Those of the rule target are decimals: 0.1 in float32 and 0.1 + 0.2 are read as 0.1 and 0.3."""
    given = np.asarray(radii)
    if folder.rule != "target":
        return given.astype(np.float64)
    # NumPy writes a float32 with the fewest digits that tell it from its neighbours.
    short = given.dtype.kind == "f" and given.dtype.itemsize <= 4
    read = [float(str(one)) if short else float(f"{float(one):.{DECIMAL_DIGITS}g}") for one in given.reshape(-1)]
    return np.array(read, dtype=np.float64).reshape(given.shape)


def mean_of(folder: JobFolder, only_right: bool) -> float:
    """Returns the mean radius over ALL images, 0 without a certificate that counts.

    Raises
    ------
    SmoothcertError
        ``NO_RADII`` for the rule target, which asks for no radius beyond those named.
    """
    if folder.rule == "target":
        raise SmoothcertError(
            "NO_RADII",
            "The rule target certifies the radii that it was asked for and no larger ones: their mean says nothing of the model.",
            "Ask for certified_accuracy(radii), or certify with another rule.",
        )
    return float(sum(_certified_radii(folder, only_right)) / folder.images)


def require_radii(folder: JobFolder) -> None:
    """Raises SmoothcertError unless shares and means of radii can be told: ``NO_RADII``, or ``NOT_DONE`` of an interrupted job."""
    require_exact(folder)
    if folder.rule == "predict":
        raise SmoothcertError("NO_RADII", f"{folder.path} holds predictions, which have no radii.", "Use certify: it gives radii, and classes, too.")
    require_done(folder)


def require_exact(folder: JobFolder) -> None:
    """Raises SmoothcertError ``NO_RADII`` of ``bound="clt"``, which is approximate."""
    if folder.job["claim"]["bound"] == "clt":
        raise SmoothcertError(
            "NO_RADII",
            f"{folder.path} is approximate (bound clt) and certifies nothing, neither a class nor a radius.",
            "Use certify with another bound; the column approximate_class of df has the classes that it guesses.",
        )


def require_done(folder: JobFolder) -> None:
    """Raises SmoothcertError ``NOT_DONE`` if some images are not decided: those decided first are not like the others."""
    if len(folder.rows) < folder.images:
        raise SmoothcertError(
            "NOT_DONE",
            f"Of {folder.images} images {len(folder.rows)} are decided, and those decided first are not like the others.",
            "Make the same call again: it resumes.",
        )
