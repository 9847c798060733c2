"""Checks preprocessing, units and labels before a job is begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from ._job import flags_of
from ._verbs import on_inputs

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

    def __str__(self) -> str:
        if not self.findings:
            return "Nothing speaks against these flags."
        return "\n".join(f"{one.what}\n  {one.remedy}" for one in self.findings)


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
        True in a condition if nothing was found; remedies are in the words of the command: ``--mean`` and ``--std`` are
        ``normalize``.
    """
    given = flags_of(flags, normalize)
    report = on_inputs("check", model, x, y, None, given, [f"--sigma={float(sigma)!r}"])
    findings = [Finding(one["kind"], one["what"], one["remedy"]) for one in report["findings"]]
    return Check(findings, report)
