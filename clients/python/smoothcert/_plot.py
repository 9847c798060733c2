"""The figure of the field: certified accuracy against radius, a curve for each σ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple

import numpy as np

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
    earlier = len(ax.lines)
    for at, folder in enumerate(folders, earlier):
        _draw(ax, folder, label, f"C{at % 10}")
    _frame(ax, folders)
    return ax


def _has_layout(pyplot: Any) -> bool:
    """Returns True from matplotlib 3.5 on."""
    import matplotlib

    return tuple(int(part) for part in matplotlib.__version__.split(".")[:2]) >= (3, 5)


def _draw(ax: Any, folder: JobFolder, label: Optional[str], colour: str) -> None:
    text = f"σ = {folder.sigma:g}" if label is None else f"{label}, σ = {folder.sigma:g}"
    if folder.rule == "target":
        # It certifies the radii that it was asked for, and says nothing between them.
        radii = np.array([float(radius) for radius in folder.job["claim"]["stop"]["radii"]])
        held = counted_radii(folder)
        shares = [(len(held) - np.searchsorted(held, radius)) / folder.images for radius in radii]
        ax.plot(radii, shares, linestyle="none", marker="o", color=colour, label=text, **ABOVE_FRAME)
        return
    x, y = stair(folder)
    # A share holds up to its radius, so that each step lies to the left of its corner.
    ax.step(x, y, where="pre", color=colour, linewidth=1.8, label=text, **ABOVE_FRAME)


def _frame(ax: Any, folders: Sequence[JobFolder]) -> None:
    farthest = max((float(np.max(line.get_xdata(), initial=0.0)) for line in ax.lines), default=0.0)
    ax.set_xlim(0, (1 + MARGIN) * farthest if farthest > 0 else 1)
    ax.set_ylim(0, 1)
    norms = [NORMS[norm] for norm in sorted({folder.norm for folder in folders})]
    ax.set_xlabel(f"{' or '.join(norms)} radius", fontsize=LETTERS)
    what = "certified accuracy" if all(map(is_labelled, folders)) else "certified share"
    ax.set_ylabel(what, fontsize=LETTERS)
    ax.tick_params(labelsize=LETTERS - 2)
    ax.legend(loc="upper right", fontsize=LETTERS - 2, frameon=False)
