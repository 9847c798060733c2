"""Results as tables: a data frame, HTML for notebooks, TSV for the scripts of the field."""

from __future__ import annotations

import decimal
import html
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, List, Sequence

import numpy as np

from ._arrays import write_bytes
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
    """Returns a row for each image and job; labels that are not known are missing values (``<NA>``), and so is ``correct`` there and of ``bound="clt"``."""
    pandas = optional_package("pandas", "df")
    rows = Rows(folders)
    label = pandas.array(rows.label, dtype="Int64")
    correct = pandas.array((rows.predicted >= 0) & (rows.predicted == rows.label), dtype="boolean")
    unlabelled = np.array([row["label"] is None for row in rows.rows], dtype=bool)
    approximate = rows.outcome == "approximate"
    label[unlabelled] = pandas.NA
    correct[unlabelled | approximate] = pandas.NA
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
    mean = "–" if folder.rule == "target" else _down(mean_of(folder, only_right=is_labelled(folder)), 4)
    # Shares are whole numbers of images: so they are rounded down without a float between.
    counts = np.round(share_from(folder, radii) * folder.images).astype(int)
    return [mean, *(f"{1000 * int(count) // folder.images / 10:.1f} %" for count in counts)]


def _down(value: float, digits: int) -> str:
    """Returns a number of at least 0 with some decimals, rounded down, as the command shows it."""
    return str(decimal.Decimal(value).quantize(decimal.Decimal(1).scaleb(-digits), decimal.ROUND_DOWN))


def _line(tag: str, cells: Sequence[str]) -> str:
    inside = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inside}</tr>"


def write_tsv(folder: JobFolder, file: Path) -> Path:
    """Writes results.tsv of a job to another place, byte for byte; where the folder has none it is made of the rows, with ``nan`` for ``time``."""
    if folder.table is not None:
        write_bytes(file, folder.table)
        return file
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
