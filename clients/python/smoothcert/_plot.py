"""The figure of the field: certified accuracy against radius, a curve for each σ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ._errors import SmoothcertError
from ._folder import JobFolder
from ._packages import optional_package
from ._rows import Floats, counted_radii, is_labelled, require_radii

if TYPE_CHECKING:
    import matplotlib.axes

#: A share of 1 lies on the frame: it is drawn over it.
ABOVE_FRAME: Dict[str, Any] = {"clip_on": False, "zorder": 3}
NORMS = {"l2": r"$\ell_2$", "l1": r"$\ell_1$"}
#: Space behind the largest radius, as a share of it.
MARGIN = 0.04
#: Width and height in inches, and sizes of letters in points, so that the figure is legible in a column of a paper.
SIZE = (6.0, 4.2)
LETTERS = 13


@dataclass(frozen=True)
class Curve:
    """A curve that was drawn, of which job, with the label that was given."""

    folder: JobFolder
    label: Optional[str]
    line: Any


#: Attribute of an axes: the curves that were drawn into it here, so that further ones are compared with them.
CURVES = "_smoothcert_curves"


def stair(folder: JobFolder) -> Tuple[Floats, Floats]:
    """Returns the corners of a curve: radii from 0 up, and the share of all images that holds up to and including each.

    The last two corners are at the largest certified radius, where the curve falls to 0 and ends.
    """
    radii = counted_radii(folder)
    shares = np.arange(len(radii), 0, -1) / folder.images
    ends = radii[-1:] if len(radii) else np.zeros(1)
    x = np.concatenate([[0.0], radii, ends])
    y = np.concatenate([[len(radii) / folder.images], shares, [0.0]])
    return x, y


def plot_curves(
    folders: Sequence[JobFolder], ax: "Optional[matplotlib.axes.Axes]", label: Optional[str]
) -> "matplotlib.axes.Axes":
    """Draws the curves of jobs; see `Run.plot`."""
    for folder in folders:
        require_radii(folder)
    if ax is None:
        pyplot = optional_package("matplotlib.pyplot", "plot()")
        _, ax = pyplot.subplots(figsize=SIZE, layout="constrained") if _has_layout(pyplot) else pyplot.subplots(figsize=SIZE)
    curves: List[Curve] = [*getattr(ax, CURVES, [])]
    _require_alike([*(curve.folder for curve in curves), *folders])
    for at, folder in enumerate(folders, len(ax.lines)):
        curves.append(Curve(folder, label, _draw(ax, folder, f"C{at % 10}")))
    setattr(ax, CURVES, curves)
    for curve, text in zip(curves, labels_of(curves)):
        curve.line.set_label(text)
    _frame(ax, folders)
    return ax


def _require_alike(folders: Sequence[JobFolder]) -> None:
    """Raises SmoothcertError ``OPTION_INVALID`` for curves that one axis cannot have: radii in two norms, or of which some count wrong classes."""
    if len({folder.norm for folder in folders}) > 1:
        raise SmoothcertError(
            "OPTION_INVALID", "Some of these radii are in L2 and some in L1, which are no lengths of one kind.", "Draw them into two figures."
        )
    if len({is_labelled(folder) for folder in folders}) > 1:
        raise SmoothcertError(
            "OPTION_INVALID",
            "Some of these results have labels and some have none: right certificates beside all of them are no comparison.",
            "Certify all with y, or draw them into two figures.",
        )


def labels_of(curves: "Sequence[Curve]") -> List[str]:
    """Returns the text of each curve: label and σ, and what else is not the same of all: α, rule, images, and without labels the model."""
    facts = [_facts(curve) for curve in curves]
    differing = [name for name in facts[0] if len({one[name] for one in facts}) > 1]
    texts = []
    for curve, one in zip(curves, facts):
        before = [] if curve.label is None else [curve.label]
        texts.append(", ".join([*before, f"σ = {curve.folder.sigma:g}", *(one[name] for name in differing)]))
    return texts


def _facts(curve: "Curve") -> Dict[str, str]:
    claim, draw = curve.folder.job["claim"], curve.folder.job["draw"]
    chosen = claim["images"]
    images = f"images {chosen['start']}:{chosen['stop']}:{chosen['step']} of {draw['dataDigest'][:6]}"
    model = f"model {draw['modelDigest'][:6]}" if curve.label is None else ""
    return {"alpha": f"α = {claim['alpha']:g}", "rule": curve.folder.rule, "images": images, "model": model}


def _has_layout(pyplot: Any) -> bool:
    """Returns True from matplotlib 3.5 on."""
    import matplotlib

    return tuple(int(part) for part in matplotlib.__version__.split(".")[:2]) >= (3, 5)


def _draw(ax: Any, folder: JobFolder, colour: str) -> Any:
    """Draws the curve of a job, and returns its line."""
    if folder.rule == "target":
        # It certifies the radii that it was asked for, and says nothing between them.
        radii = np.array([float(radius) for radius in folder.job["claim"]["stop"]["radii"]])
        held = counted_radii(folder)
        shares = [(len(held) - np.searchsorted(held, radius)) / folder.images for radius in radii]
        return ax.plot(radii, shares, linestyle="none", marker="o", color=colour, **ABOVE_FRAME)[0]
    x, y = stair(folder)
    # A share holds up to its radius, so that each step lies to the left of its corner.
    return ax.step(x, y, where="pre", color=colour, linewidth=1.8, **ABOVE_FRAME)[0]


def _frame(ax: Any, folders: Sequence[JobFolder]) -> None:
    farthest = max((float(np.max(line.get_xdata(), initial=0.0)) for line in ax.lines), default=0.0)
    ax.set_xlim(0, (1 + MARGIN) * farthest if farthest > 0 else 1)
    ax.set_ylim(0, 1)
    ax.set_xlabel(f"{NORMS[folders[0].norm]} radius", fontsize=LETTERS)
    what = "certified accuracy" if all(map(is_labelled, folders)) else "certified share"
    ax.set_ylabel(what, fontsize=LETTERS)
    ax.tick_params(labelsize=LETTERS - 2)
    ax.legend(loc="upper right", fontsize=LETTERS - 2, frameon=False)
