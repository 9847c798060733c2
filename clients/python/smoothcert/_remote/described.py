"""Reads the job that a server describes, and checks that it is the one that was asked for."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from .._errors import SmoothcertError
from .._job_facts import DEVIATIONS
from . import messages
from .client import malformed
from .job_text import digest_of_job, strict_json

Described = Dict[str, Any]

_DRAW = {
    *("modelDigest", "dataDigest", "noise", "seed", "normalisation", "layout", "output"),
    *("classes", "batch", "numericClass", "numeric", "segments"),
}
_CLAIM = {"alpha", "bound", "stop", "looks", "images"}
_CLAIM_FURTHER = {"matchedGain", "runnerUp", "simultaneous"}
#: What a server takes for what a spec leaves out, as shared/job-spec.ts of smoothcert has it.
_ALPHA, _MAX_SAMPLES, _MIN_GAIN, _SELECTION = 0.001, 100_000, 0.02, 100
_BOUNDS = {
    "gain": "spending",
    "target": "anytime",
    "two-stage": "clopper-pearson",
    "fixed": "clopper-pearson",
    "budget": "spending",
    "predict": "anytime",
}
_MOST_CLASSES = 2**32 - 1


def described_of(asked: Any, job: Any) -> Described:
    """Returns the job that a server describes, as ``job`` of job.json has it.

    Parameters
    ----------
    asked : smoothcert.v1.JobSpec
        What was asked for.
    job : smoothcert.v1.Job
        One with ``job_json``.

    Raises
    ------
    SmoothcertError
        MESSAGE_MALFORMED if it is no job, or its digest is another; PROTOCOL_MISMATCH if draw or claim are not as they were asked for.
    """
    try:
        described = strict_json(job.job_json)
        fault = _fault(described)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        described, fault = {}, "it is not the JSON of a job"
    if fault is None and digest_of_job(described) != job.job_digest:
        fault = "its digest is another"
    if fault is not None:
        raise malformed(f"The server describes the job {job.id} wrongly: {fault}.")
    found = [name for name, holds in _compared(asked, job.spec, described).items() if not holds]
    if found:
        raise SmoothcertError(
            "PROTOCOL_MISMATCH",
            f"The server draws or claims something else in {job.id} than was asked for; what differs: {', '.join(found)}.",
            f"End it (smoothcert cancel {job.id}). Run the same version of smoothcert on the server and here.",
        )
    described_job: Described = described
    return described_job


def _fault(described: Any) -> Optional[str]:
    """Returns why a value is no job, as the end of a sentence; None if it is one. Any exception says that it is none, too."""
    draw, claim = described["draw"], described["claim"]
    images, looks = claim["images"], claim["looks"]
    if set(described) != {"protocol", "draw", "claim"} or described["protocol"] != 1:
        return "it is of another protocol"
    if set(draw) != _DRAW or not _CLAIM <= set(claim) <= _CLAIM | _CLAIM_FURTHER:
        return "its fields are not those of a job"
    wholes = [draw["classes"], draw["batch"], *looks, images["start"], images["stop"], images["step"]]
    if not all(type(one) is int and 0 <= one <= _MOST_CLASSES for one in wholes) or not set(images) == {"start", "stop", "step"}:
        return "a whole number is none"
    if min(draw["classes"], draw["batch"], images["step"]) < 1 or images["start"] >= images["stop"]:
        return "it has no classes, or no images"
    if looks[0] < 1 or any(a >= b for a, b in zip(looks, looks[1:])):
        return "its looks do not ascend"
    if draw["layout"] not in ("nchw", "nhwc", "flat") or draw["numeric"] not in ("same", "any"):
        return "its layout is none"
    if not all(isinstance(draw[name], str) and draw[name] for name in ("output", "numericClass")):
        return "a text is none"
    return None


def _compared(asked: Any, created: Any, described: Described) -> Dict[str, bool]:
    """Returns for each part of a job whether it is as it was asked for, by the name of its argument."""
    draw, claim = described["draw"], described["claim"]
    noise = _word(asked, "noise", "NOISE_") or "gaussian"
    rule = (asked.WhichOneof("stop") or "gain").replace("_", "-")
    bound = _word(asked, "bound", "BOUND_") or _BOUNDS[rule]
    alpha = asked.alpha or _ALPHA
    stop = _stop(asked, rule)
    most = (asked.max_samples or _MAX_SAMPLES) + (stop["selection"] if rule == "fixed" else 0)
    images = asked.images
    layout = _word(asked, "layout", "LAYOUT_")
    normalisation = {
        "inputScale": asked.normalisation.input_scale or 1,
        "mean": list(asked.normalisation.mean) or [0],
        "std": list(asked.normalisation.std) or [1],
    }
    return {
        "the model": draw["modelDigest"] == asked.model.digest,
        "the data": draw["dataDigest"] == asked.data.digest,
        "noise": draw["noise"].get("kind") == noise,
        "sigma": draw["noise"].get("scale") == asked.sigma / DEVIATIONS[noise],
        "seed": _is_seed(draw["seed"]) and draw["seed"] == created.seed and asked.seed in ("", draw["seed"]),
        "normalize": draw["normalisation"] == normalisation,
        "layout": layout in (None, draw["layout"]),
        "output": asked.output in ("", draw["output"]),
        "batch": asked.batch in (0, draw["batch"]),
        "alpha": claim["alpha"] == alpha,
        "bound": claim["bound"] == bound,
        "stop": claim["stop"] == stop,
        "max_samples": claim["looks"][-1] == most,
        "images": claim["images"] == {"start": images.start, "stop": images.stop, "step": images.step},
        "min_gain": rule != "gain" or bound != "spending" or claim.get("matchedGain") == stop["minGain"],
        "runner_up": claim.get("runnerUp") == (True if asked.runner_up else None),
        "simultaneous": claim.get("simultaneous") == (True if asked.simultaneous else None),
    }


def _stop(asked: Any, rule: str) -> Dict[str, Any]:
    """Returns the stopping rule as a claim has it."""
    given = getattr(asked, rule.replace("-", "_"))
    fields: Dict[str, Any] = {"kind": rule}
    if rule in ("gain", "two-stage"):
        fields["minGain"] = _given(given, "min_gain", _MIN_GAIN)
    elif rule == "target":
        fields["radii"] = _radii(given.radii)
    elif rule == "fixed":
        fields["selection"] = _given(given, "selection", _SELECTION)
        if given.keep_counts:
            fields["keepCounts"] = True
    elif rule == "budget":
        fields["totalSamples"] = given.total_samples
    return fields


def _radii(written: Any) -> List[str]:
    return [str(one) for one in written]


def _given(message: Any, field: str, default: float) -> Any:
    """Returns the value of a field, or what a server takes where none was given."""
    if message.DESCRIPTOR.fields_by_name[field].has_presence:
        return getattr(message, field) if message.HasField(field) else default
    return getattr(message, field) or default


def _word(message: Any, field: str, prefix: str) -> Optional[str]:
    """Returns the value of an enum field as job.json has it; None where none was given."""
    name = messages.enum_name(message, field)
    return None if getattr(message, field) == 0 else name[len(prefix) :].lower().replace("_", "-")


def _is_seed(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"0|[1-9]\d{0,19}", value) is not None and int(value) < 2**64
