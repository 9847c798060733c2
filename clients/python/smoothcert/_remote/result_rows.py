"""Checks the rows that a server sends against the job that was asked for, and makes the lines of results.tsv of them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Dict, List, Optional

from .._job_facts import image_range, norm_of
from . import messages
from .client import malformed
from .described import Described
from .job_text import strict_json

Row = Dict[str, Any]

_COLUMNS = ("idx", "label", "predict", "radius", "correct", "time")
_COMMON = {
    *("image", "label", "outcome", "class", "correct", "alpha", "bound", "stop"),
    *("samples", "proved_by", "counts", "looks"),
}
_FURTHER = {"file", "label_name", "class_name", "simultaneous", "detail"}
_CERTIFICATE = {"radius", "norm", "delta_upper", "p_lower"}
_CERTIFICATE_FURTHER = {"target", "approximate_class", "approximate_radius", "runner_up"}
#: `correct` of an image without a label, as the command has it.
_NOT_KNOWN = "unknown"
_RADIUS_DECIMALS = 6
#: How far α of one image may be from what is calculated here, as a share: libraries differ in last bits.
_NEAR = 1e-12


@dataclass(frozen=True)
class Expected:
    """What is known of the rows of a job before any is sent.

    Attributes
    ----------
    described : dict
        The job, checked.
    labels : numpy.ndarray, optional
        Labels that were sent, by index in the data set; None: none were.
    classes : list of str, optional
        Names of the classes that were sent; None: none were.
    """

    described: Described
    labels: Optional[Any]
    classes: Optional[List[str]]

    @property
    def predicts(self) -> bool:
        """True of a job that gives classes and no radii."""
        return bool(self.described["claim"]["stop"]["kind"] == "predict")

    @property
    def approximates(self) -> bool:
        """True of a job whose bound proves nothing."""
        return bool(self.described["claim"]["bound"] == "clt")

    def name_of(self, index: Optional[int]) -> Optional[str]:
        """Returns the name of a class; None where it has none."""
        if self.classes is None or index is None or not 0 <= index < len(self.classes):
            return None
        return self.classes[index]


def row_of(message: Any, expected: Expected) -> Row:
    """Returns the row of a StreamCertificatesResponse.

    Raises
    ------
    SmoothcertError
        MESSAGE_MALFORMED if its line of results.jsonl contradicts the message, the job, the labels or itself.
    """
    try:
        row = strict_json(message.json)
        fault = None if "\n" not in message.json + message.tsv else "it has a line end"
        fault = fault or _fault(row, message, expected)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        row, fault = {}, "it is no row of results.jsonl"
    if fault is not None:
        raise malformed(f"The certificate of image {message.image} contradicts itself or its job: {fault}.")
    checked: Row = row
    return checked


def header_of(expected: Expected) -> str:
    """Returns the first line of results.tsv, without its end."""
    columns = list(_COLUMNS)
    if expected.predicts:
        columns.remove("radius")
    elif expected.approximates:
        # No script that wants a radius takes an approximation for a certificate.
        columns[3] = "approximate_radius"
        columns.append("note")
    return "\t".join([*columns, *([] if expected.classes is None else ["file", "class_name"])])


def line_of(row: Row, message: Any, expected: Expected) -> str:
    """Returns the line of results.tsv of a row, without its end. The seconds alone are the server's: no vote says how long it took."""
    named = _named_class(row)
    correct = _NOT_KNOWN if row["label"] is None else str(int(named == row["label"]))
    cells = [row["image"], -1 if row["label"] is None else row["label"], -1 if named is None else named]
    cells += [] if expected.predicts else [_radius_text(row)]
    cells += [correct, _seconds_of(message, expected)]
    cells += ["approximate"] if expected.approximates else []
    cells += [] if expected.classes is None else [_cell(row.get("file", "")), _cell(row.get("class_name", ""))]
    return "\t".join(map(str, cells))


def _fault(row: Row, message: Any, expected: Expected) -> Optional[str]:
    """Returns why a row is none of the job, as the end of a sentence; None if it is one. Any exception says that it is none, too."""
    described = expected.described
    claim, draw = described["claim"], described["draw"]
    required = _COMMON | ({"p_value"} if expected.predicts else _CERTIFICATE)
    if not required <= set(row) <= required | _FURTHER | (set() if expected.predicts else _CERTIFICATE_FURTHER):
        return "its fields are not those of a row"
    if row["image"] != message.image or row["samples"] != message.samples or _outcome(message) != row["outcome"]:
        return "its message says something else"
    if type(row["image"]) is not int or row["image"] not in image_range(described):
        return "its image is none of the job"
    label = None if expected.labels is None else int(expected.labels[row["image"]])
    if row["label"] != label or isinstance(row["label"], bool):
        return "its label is not the one that was sent"
    for name in ("class", "approximate_class"):
        if not (row.get(name) is None or _is_whole(row[name], draw["classes"] - 1)):
            return f"its {name} is none of the model"
    if not _is_whole(row["samples"], claim["looks"][-1]):
        return "its samples are not those of the claim"
    if row["bound"] != claim["bound"] or not _is_level(row, described):
        return "its claim is not that of the job"
    if row["correct"] is not (None if label is None or row["class"] is None else row["class"] == label):
        return 'its "correct" does not follow from class and label'
    if not all(isinstance(row.get(name, ""), str) for name in ("stop", "detail", "file", "label_name", "class_name")):
        return "a text is none"
    if _names(row) != (None, expected.name_of(row["label"]), expected.name_of(_named_class(row))):
        return "its names are not those that were sent"
    return _outcome_fault(row, expected)


def _outcome_fault(row: Row, expected: Expected) -> Optional[str]:
    """Returns why the outcome of a row is none of the job."""
    outcome, claim = row["outcome"], expected.described["claim"]
    positive = "predicted" if expected.predicts else "certified"
    approximate = ("approximate",) if expected.approximates else ()
    if outcome not in ("abstained", "failed", *approximate, *(() if expected.approximates else (positive,))):
        return "its outcome is none of this job"
    proves = outcome == positive
    if proves is not (row["class"] is not None) or proves is not (row["proved_by"] is not None):
        return "its outcome and its class contradict each other"
    if expected.predicts:
        return None if proves is isinstance(row["p_value"], str) else "its p-value contradicts its outcome"
    texts = [row["delta_upper"], row["p_lower"]]
    if not all(_is_probability(text) if proves else text is None for text in texts):
        return "its probability contradicts its outcome"
    if row["norm"] != norm_of(expected.described):
        return "its norm is not that of the noise"
    if not _is_radius(row["radius"]) or (row["radius"] != 0 and not proves):
        return "its radius is none"
    approximate_radius = row.get("approximate_radius")
    if not (approximate_radius is None or _is_radius(approximate_radius)):
        return "its approximate radius is none"
    if (outcome != "approximate") and ("approximate_radius" in row or "approximate_class" in row):
        return "it has an approximation without being one"
    if (claim["stop"]["kind"] == "target" and proves) is not ("target" in row):
        return "its target is not that of the job"
    if "target" in row and (row["target"] not in claim["stop"]["radii"] or float(row["target"]) != row["radius"]):
        return "its target is not that of the job"
    return None if ("runner_up" in row) is ("runnerUp" in claim) else "its runner-up is not that of the claim"


def _outcome(message: Any) -> str:
    return messages.enum_name(message, "outcome")[len("OUTCOME_") :].lower()


def _is_level(row: Row, described: Described) -> bool:
    """Returns true if the α of a row is that of its claim, of one image or of all together."""
    claim = described["claim"]
    count = len(image_range(described))
    if "simultaneous" not in claim:
        return bool(row["alpha"] == claim["alpha"] and "simultaneous" not in row)
    level = claim["alpha"] if count == 1 else -math.expm1(math.log1p(-claim["alpha"]) / count)
    together = {"alpha": claim["alpha"], "images": count}
    return math.isclose(row["alpha"], level, rel_tol=_NEAR) and row.get("simultaneous") == together


def _names(row: Row) -> "tuple[Optional[str], Optional[str], Optional[str]]":
    return row.get("file"), row.get("label_name"), row.get("class_name")


def _named_class(row: Row) -> Optional[int]:
    """Returns the class that a row names: certified, predicted or approximate; None without one."""
    named: Optional[int] = row["class"] if row["class"] is not None else row.get("approximate_class")
    return named


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _is_radius(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0


def _is_probability(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[01]\.\d{12}", value) is not None


def _radius_text(row: Row) -> str:
    """Returns the radius as tables have it: 6 decimals, rounded down; of `target` as it was asked for; "nan" where there is none."""
    if "target" in row:
        return str(row["target"])
    radius = row["approximate_radius"] if "approximate_radius" in row else row["radius"]
    if radius is None:
        return "nan"
    # All digits of the double: what is cut off rounds down.
    whole, _, rest = f"{Decimal(radius):f}".partition(".")
    return f"{whole}.{rest[:_RADIUS_DECIMALS].ljust(_RADIUS_DECIMALS, '0')}"


def _seconds_of(message: Any, expected: Expected) -> str:
    """Returns the seconds of noise and inference that a server tells in its line of results.tsv. Raises MESSAGE_MALFORMED."""
    cells = message.tsv.split("\t")
    at = header_of(expected).split("\t").index("time")
    if at < len(cells) and re.fullmatch(r"\d{1,15}\.\d{6}", cells[at], re.ASCII):
        return str(cells[at])
    raise malformed(f"The line of image {message.image} has no time.")


def _cell(name: str) -> str:
    """Returns a name as readers of tables take it: no spreadsheet takes it for a formula, and what has a quote is quoted."""
    text = f"'{name}" if re.match(r"[=+\-@\t\r]", name) else name
    return '"' + text.replace('"', '""') + '"' if '"' in text else text
