"""Counts the rows of a job that a server ran, under the names that ``--json`` of the command has."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, Iterable

from .._job_facts import image_range


def summary_of_rows(job: Dict[str, Any], rows: Iterable[Dict[str, Any]]) -> Dict[str, Any]:
    """Returns the counts of a summary. What the command calculates beside them (means, forecasts, times) is not in it.

    Parameters
    ----------
    job : dict
        ``job`` of job.json.
    rows : iterable of dict
        Those of results.jsonl.
    """
    claim = job["claim"]
    predicts = claim["stop"]["kind"] == "predict"
    positive = "predicted" if predicts else "certified"
    outcomes: Counter[str] = Counter()
    stops: Dict[str, Counter[str]] = {"abstained": Counter(), "failed": Counter()}
    right = samples = 0
    labelled = False
    for row in rows:
        outcomes[row["outcome"]] += 1
        if row["outcome"] in stops:
            stops[row["outcome"]][row["stop"]] += 1
        right += row["correct"] is True
        samples += row["samples"]
        labelled = labelled or row["label"] is not None
    proves = claim["bound"] != "clt"
    return {
        "images": len(image_range(job)),
        "decided": sum(outcomes.values()),
        positive: outcomes[positive],
        "right": right if labelled else None,
        "wrong": outcomes[positive] - right if labelled else None,
        **({} if predicts else {"approximate": outcomes["approximate"]}),
        **{outcome: dict(found) for outcome, found in stops.items()},
        "labelled": labelled,
        "alpha": claim["alpha"] if proves else None,
        "simultaneous": "simultaneous" in claim,
        "budget": claim["looks"][-1],
        "samples": samples,
    }
