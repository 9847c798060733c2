"""Checks preprocessing, units and labels before a job is begun."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from ._ask import on_inputs
from ._job import flags_of, sigmas_of
from ._words import in_words_of_python

#: What is tried with noise, where nobody says which.
USUAL_SIGMA = 0.25


@dataclass(frozen=True)
class Finding:
    """Something that speaks against the flags.

    Attributes
    ----------
    kind : str
        For example ``"better"``: another preprocessing is clearly better.
    what, remedy : str
        A sentence each.
    """

    kind: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Check:
    """The outcome of a check. ``print`` shows it.

    Attributes
    ----------
    findings : list of Finding
        Empty if nothing speaks against the flags.
    report : dict
        All that was tried, as ``smoothcert check --json`` prints it.
    """

    findings: List[Finding]
    report: Dict[str, Any]

    @property
    def accuracy(self) -> Optional[float]:
        """Share of right answers without noise, on the images tried; ``None`` without labels."""
        share = self.report["given"].get("accuracy")
        return None if share is None else float(share)

    def __bool__(self) -> bool:
        """True if nothing speaks against the flags."""
        return not self.findings

    @property
    def table(self) -> List[List[str]]:
        """What was tried, a line each below a head: arguments, right answers, those under noise, the same class under noise."""
        head = ["arguments", "right", "right with noise", "same class with noise"]
        tried = [("as given", self.report["given"]), *((one["flags"], one) for one in self.report["tried"])]
        return [head, *([in_words_of_python(name), *_shares(one)] for name, one in tried)]

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self.table)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in self.table]
        found = [f"{one.what}\n  {one.remedy}" for one in self.findings]
        images = self.report["given"]["images"]
        head = f"On {images} images, σ = {self.report['sigma']:g}:"
        return "\n".join([head, *lines, "", *(found or ["Nothing speaks against these arguments."])])

    def _repr_html_(self) -> str:
        lines = [f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>" for line in self.table]
        found = [f"{one.what} {one.remedy}" for one in self.findings] or ["Nothing speaks against these arguments."]
        return f"<table>{''.join(lines)}</table>" + "".join(f"<p>{html.escape(one)}</p>" for one in found)


def _shares(tried: Dict[str, Any]) -> List[str]:
    """Returns shares in per cent, rounded down; a dash where nobody can tell."""
    values = [tried.get(name) for name in ("accuracy", "accuracy_under_noise", "agreement_under_noise")]
    return ["–" if value is None else f"{math.floor(100 * value + 1e-9)} %" for value in values]


def check(model: Any, x: Any, y: Any = None, *, sigma: float = USUAL_SIGMA, normalize: Any = None, **flags: Any) -> Check:
    """Tries on some images whether preprocessing, units and labels are right, as given and in the other usual ways.

    Parameters
    ----------
    model, x, y, normalize
        As of `certify`.
    sigma : float
        Standard deviation of the noise that is tried, too, in pixels of [0, 1].
    **flags
        Those of ``smoothcert check``; ``strict=True`` raises SmoothcertError ``CHECK_FAILED`` for a finding.

    Returns
    -------
    Check
        True in a condition if nothing was found. ``print`` shows accuracy, what was tried, and the findings.
    """
    given = flags_of("check", flags, normalize)
    sigmas = sigmas_of(sigma)
    report = on_inputs("check", (model, x, y), sigmas, None, given, [f"--sigma={','.join(map(repr, sigmas))}"])
    findings = [
        Finding(one["kind"], in_words_of_python(one["what"]), in_words_of_python(one["remedy"])) for one in report["findings"]
    ]
    return Check(findings, report)
