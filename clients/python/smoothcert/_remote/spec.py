"""Flags of the command as the fields of a JobSpec: one table says which is which."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence

import numpy as np

from .._errors import SmoothcertError
from .._job_facts import DEVIATIONS
from . import messages

_MIN_GAINS = {"quick": 0.1, "default": 0.02, "thorough": 0.01}
_RULES = ("gain", "target", "two-stage", "fixed", "budget", "predict")


@dataclass(frozen=True)
class _Field:
    """The field that a flag sets, its path below the spec, and how its value is read."""

    path: str
    read: Callable[[str, Any], Any]
    rules: Sequence[str] = _RULES
    """The stopping rules that it belongs to; their message begins the path."""


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool):
        raise _no_number(name, value)
    try:
        return float(value)
    except (TypeError, ValueError) as cause:
        raise _no_number(name, value) from cause


def _whole(name: str, value: Any) -> int:
    number = _number(name, value)
    if number != number // 1:
        raise _no_number(name, value)
    return int(number)


def _seed(name: str, value: Any) -> str:
    text = str(value).strip()
    if isinstance(value, bool) or not text.isdecimal():
        raise _no_number(name, value)
    return str(int(text))


def _list(name: str, value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    values: list[Any] = np.asarray(value).reshape(-1).tolist()
    return values


def _numbers(name: str, value: Any) -> list[float]:
    return [_number(name, one) for one in _list(name, value)]


def _texts(name: str, value: Any) -> list[str]:
    return [one if isinstance(one, str) else _decimal(name, one) for one in _list(name, value)]


def _decimal(name: str, value: Any) -> str:
    """Returns a number as a plain decimal: a radius is reported as it is written."""
    text = repr(_number(name, value)) if isinstance(value, float) else str(value)
    return text if "e" not in text else f"{float(text):.20f}".rstrip("0").rstrip(".")


def _gain(name: str, value: Any) -> float:
    return _MIN_GAINS[value] if value in _MIN_GAINS else _number(name, value)


def _switch(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise SmoothcertError("OPTION_INVALID", f"{name}={value!r} is neither True nor False.", "Write True or False.")


def _text(name: str, value: Any) -> str:
    return str(value)


def _choice(prefix: str, words: Sequence[str]) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        word = str(value).lower()
        if word not in words:
            raise SmoothcertError(
                "OPTION_INVALID",
                f"{name}={value!r} is none of {', '.join(words)}.",
                f"Did you mean {nearest(word, words) or words[0]}?",
            )
        return f"{prefix}_{'UNSPECIFIED' if word == 'auto' else word.upper().replace('-', '_')}"

    return read


#: What a job is: each flag and its field.
FIELDS: Mapping[str, _Field] = {
    "sigma": _Field("sigma", _number),
    "noise": _Field("noise", _choice("NOISE", tuple(DEVIATIONS))),
    "seed": _Field("seed", _seed),
    "alpha": _Field("alpha", _number),
    "bound": _Field("bound", _choice("BOUND", ("spending", "anytime", "clopper-pearson", "clt", "two-sided"))),
    "max_samples": _Field("max_samples", _whole),
    "runner_up": _Field("runner_up", _switch),
    "simultaneous": _Field("simultaneous", _switch),
    "min_gain": _Field("min_gain", _gain, ("gain", "two-stage")),
    "radii": _Field("radii", _texts, ("target",)),
    "n0": _Field("selection", _whole, ("fixed",)),
    "keep_counts": _Field("keep_counts", _switch, ("fixed",)),
    "total_samples": _Field("total_samples", _whole, ("budget",)),
    "input_scale": _Field("normalisation.input_scale", _number),
    "mean": _Field("normalisation.mean", _numbers),
    "std": _Field("normalisation.std", _numbers),
    "layout": _Field("layout", _choice("LAYOUT", ("auto", "nchw", "nhwc", "flat"))),
    "output": _Field("output", _text),
    "batch": _Field("batch", _whole),
    "device": _Field("device", _choice("DEVICE", ("cpu", "webgpu", "cuda", "tensorrt", "dml", "coreml"))),
    "name": _Field("names.job", _text),
}
#: Flags that say how data are read and how the server is met; they are in no field.
_OF_DATA = ("images", "features", "clip", "bgr", "labels", "class_names")
OTHERS = ("stop", *_OF_DATA, "request_id", "wait_seconds", "no_check", "no_report")
#: Flags of the command that a server has no part in.
_ONLY_HERE = ("check", "strict", "report", "processes", "audit_share", "hang_seconds", "topk_rows")
#: The argument for each field of a request, for errors of the server.
ARGUMENTS = {
    "spec.model": "model",
    "spec.data": "x",
    "spec.images": "images",
    "spec.gain": "min_gain",
    "spec.two_stage": "min_gain",
    "spec.target": "radii",
    "spec.fixed": "n0",
    "spec.budget": "total_samples",
    **{f"spec.{field.path}": name for name, field in FIELDS.items()},
    "request_id": "request_id",
}


def spec_of(sigma: float, flags: Mapping[str, Any]) -> Any:
    """Returns the JobSpec of the flags, without model, data and images. What nobody named is left to the server.

    Raises
    ------
    SmoothcertError
        OPTION_INVALID for an unknown flag, naming the nearest; for a value that is none; for a flag of another rule.
    """
    check_names(flags)
    spec = messages.message("smoothcert.v1.JobSpec")()
    rule = str(flags.get("stop") or "gain")
    if rule not in _RULES:
        _choice("STOP", _RULES)("stop", rule)
    getattr(spec, rule.replace("-", "_")).SetInParent()
    for name, value in {"sigma": sigma, **flags}.items():
        field = FIELDS.get(name)
        # False is what a switch is without being given.
        if field is None or value is None or value is False:
            continue
        if rule not in field.rules:
            needed = " or ".join(f'stop="{one}"' for one in field.rules)
            raise SmoothcertError(
                "OPTION_INVALID", f"{name}= has no meaning without {needed}.", f"Leave {name}= out, or add {needed}."
            )
        below = field.path if field.rules is _RULES else f"{rule.replace('-', '_')}.{field.path}"
        _set(spec, below, name, field.read(name, value))
    return spec


def check_names(flags: Mapping[str, Any]) -> None:
    """Raises OPTION_INVALID for a flag that no job of a server has, naming the nearest one."""
    known = [*FIELDS, *OTHERS]
    for name, value in flags.items():
        if name in known or value is None or (name in _ONLY_HERE and value is False):
            continue
        if name in _ONLY_HERE:
            raise SmoothcertError(
                "OPTION_INVALID", f"{name}= is of this machine, and the job runs on a server.", f"Leave {name}= out."
            )
        guess = nearest(name, known)
        hint = f"Did you mean {guess}=?" if guess else f"Those of a server are {', '.join(known)}."
        raise SmoothcertError("OPTION_INVALID", f"There is no flag {name}= for a job of a server.", hint)


def nearest(word: str, words: Sequence[str]) -> Optional[str]:
    """Returns the word that is most like another one; None if none is."""
    return next(iter(difflib.get_close_matches(word, words, 1)), None)


def differences(asked: Any, created: Any, path: str = "spec") -> list[str]:
    """Returns how the spec of a created job differs from what was asked for, a field each. Names are for display and not compared."""
    found = []
    for field, value in asked.ListFields():
        theirs = getattr(created, field.name)
        here = f"{path}.{field.name}"
        if here == "spec.names":
            continue
        if field.message_type is not None and not isinstance(theirs, (list, tuple)) and hasattr(value, "ListFields"):
            found += differences(value, theirs, here) if created.HasField(field.name) else [f"{here} (missing there)"]
        elif (list(value) if _is_repeated(value) else value) != (list(theirs) if _is_repeated(theirs) else theirs):
            found.append(f"{here} ({value} asked for, {theirs} there)")
    return found


def _is_repeated(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and hasattr(value, "__len__")


def _set(spec: Any, path: str, name: str, value: Any) -> None:
    *outer, last = path.split(".")
    owner = spec
    for part in outer:
        owner = getattr(owner, part)
    if isinstance(value, list):
        getattr(owner, last).extend(value)
        return
    field = owner.DESCRIPTOR.fields_by_name[last]
    if field.enum_type is not None:
        value = messages.enum_value(owner, last, value)
    elif value == 0 and not field.has_presence:
        # A server takes a 0 for a field that nobody set.
        raise SmoothcertError("OPTION_INVALID", f"{name}={value!r} is not above 0.", f"Leave {name}= out, or write more.")
    try:
        setattr(owner, last, value)
    except (TypeError, ValueError) as cause:
        raise SmoothcertError(
            "OPTION_INVALID", f"{name}={value!r} does not fit ({cause}).", "docs/limits.md has the largest values."
        ) from cause


def _no_number(name: str, value: Any) -> SmoothcertError:
    return SmoothcertError("OPTION_INVALID", f"{name}={value!r} is not a number of its kind.", "Write a number.")


def file_name(path: Path) -> str:
    """Returns the name of a file as lists of jobs show it, at most 255 UTF-16 units of it."""
    return path.name.encode("utf-16-le", "replace")[: 2 * 255].decode("utf-16-le", "ignore")
