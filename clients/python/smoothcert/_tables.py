"""Results as tables: a data frame, HTML for notebooks, TSV for the scripts of the field."""

from __future__ import annotations

import decimal
import html
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, List, Sequence

import numpy as np

from ._errors import SmoothcertError
from ._folder import JobFolder, Row
from ._packages import optional_package
from ._rows import Rows, is_labelled, mean_of, share_from

if TYPE_CHECKING:
    import pandas

#: Radii of the small table of a notebook, in σ: their share tells a curve's course.
SHOWN_RADII = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
#: Digits of a radius in TSV, rounded down.
RADIUS_STEP = decimal.Decimal("0.000001")


def data_frame(folders: Sequence[JobFolder]) -> "pandas.DataFrame":
    """Returns a row for each image and job; unknown labels and their ``correct`` are missing values (``<NA>``)."""
    pandas = optional_package("pandas", "df")
    rows = Rows(folders)
    label = pandas.array(rows.label, dtype="Int64")
    correct = pandas.array((rows.predicted >= 0) & (rows.predicted == rows.label), dtype="boolean")
    unknown = np.array([row["label"] is None for row in rows.rows], dtype=bool)
    label[unknown] = pandas.NA
    correct[unknown] = pandas.NA
    columns = {
        "sigma": rows.sigma,
        "image": rows.image,
        "label": label,
        "predicted": rows.predicted,
        "outcome": rows.outcome,
        "radius": rows.radius,
        "correct": correct,
        "p_lower": rows.p_lower,
        "samples": rows.samples,
        "stop": rows.stop,
    }
    for name in ("file", "label_name", "class_name", "p_value", "approximate_class", "approximate_radius"):
        if any(name in row for row in rows.rows):
            columns[name] = [row.get(name) for row in rows.rows]
    return pandas.DataFrame(columns)


def html_table(folders: Sequence[JobFolder]) -> str:
    """Returns a small table for a notebook: a row for each job."""
    head = ["σ", "images", "decided", "certified", "ACR" if all(map(is_labelled, folders)) else "mean radius"]
    unit = min(folder.sigma for folder in folders)
    radii = [float(f"{share * unit:.3g}") for share in SHOWN_RADII]
    head += [f"at {radius:g}" for radius in radii]
    lines = [_line("th", head)]
    for folder in folders:
        certified = sum(row["outcome"] == "certified" for row in folder.rows)
        cells = [f"{folder.sigma:g}", str(folder.images), str(len(folder.rows)), str(certified)]
        lines.append(_line("td", cells + _figures(folder, radii)))
    return f"<table>{''.join(lines)}</table>"


def _figures(folder: JobFolder, radii: Sequence[float]) -> List[str]:
    """Returns mean radius and shares; dashes where an interrupted job, or one without radii, has none."""
    if len(folder.rows) < folder.images or not folder.proves_radii:
        return ["–"] * (1 + len(radii))
    mean = "–" if folder.rule == "target" else f"{mean_of(folder, only_right=is_labelled(folder)):.4f}"
    return [mean, *(f"{100 * share:.1f} %" for share in share_from(folder, radii))]


def _line(tag: str, cells: Sequence[str]) -> str:
    inside = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inside}</tr>"


def write_tsv(folder: JobFolder, file: Path) -> Path:
    """Writes results.tsv of a job to another place, byte for byte; of a server's job, whose folder has none, it is made of the rows.

    Then ``time`` is ``nan``: rows hold none.
    """
    written = folder.path / "results.tsv"
    if written.is_file():
        if not (file.exists() and written.samefile(file)):
            shutil.copyfile(written, file)
        return file
    if not folder.proves_radii:
        raise SmoothcertError(
            "NO_RADII", f"{folder.path} has no certificates and no results.tsv.", "Use df.to_csv(…, sep='\\t')."
        )
    lines = ["idx\tlabel\tpredict\tradius\tcorrect\ttime", *map(_tsv_line, folder.rows)]
    with open(file, "w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in lines)
    return file


def _tsv_line(row: Row) -> str:
    label, predicted = row["label"], row["class"]
    correct: Any = "unknown" if label is None else int(predicted == label)
    radius = row.get("target") or decimal.Decimal(row["radius"]).quantize(RADIUS_STEP, decimal.ROUND_DOWN)
    cells = [row["image"], -1 if label is None else label, -1 if predicted is None else predicted, radius, correct, "nan"]
    return "\t".join(map(str, cells))
