"""Reads and writes the JSON of jobs and rows as JavaScript does, on which their digests and their bytes depend."""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from typing import Any

#: JavaScript writes numbers of more digits before the point with an exponent.
_MOST_DIGITS = 21
#: The most zeros behind the point before the first other digit that are written out.
_MOST_ZEROS = 6


def strict_json(text: str) -> Any:
    """Returns what a text of JSON holds. Raises ValueError for NaN, for infinities, for halves of characters and where an object has a key twice."""
    value = json.loads(text, parse_float=_finite, parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_without_repeats)
    # A half of a character can be escaped, and written into no file.
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def pretty(value: Any, line: str = "\n") -> str:
    """Returns a value as JavaScript's JSON.stringify(value, null, 2) writes it; `line` begins a line of the value around it."""
    inner = line + "  "
    if isinstance(value, dict) and value:
        pairs = (f"{inner}{json.dumps(key, ensure_ascii=False)}: {pretty(one, inner)}" for key, one in value.items())
        return "{" + ",".join(pairs) + line + "}"
    if isinstance(value, list) and value:
        return "[" + ",".join(inner + pretty(one, inner) for one in value) + line + "]"
    return number_text(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else _text(value)


def digest_of_job(job: Any) -> str:
    """Returns the sha256 (hex) of a job's canonical JSON: sorted keys, no white space, every number as a decimal text."""
    return hashlib.sha256(_canonical(job).encode("utf-8")).hexdigest()


def number_text(value: float) -> str:
    """Returns a finite number as JavaScript writes it: the fewest digits from which it comes back."""
    number = float(value)
    if number == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text = "".join(str(digit) for digit in digits)
    point = len(text) + exponent
    if len(text) <= point <= _MOST_DIGITS:
        plain = text.ljust(point, "0")
    elif 0 < point <= _MOST_DIGITS:
        plain = f"{text[:point]}.{text[point:]}"
    elif -_MOST_ZEROS < point <= 0:
        plain = f"0.{'0' * -point}{text}"
    else:
        mantissa = text if len(text) == 1 else f"{text[0]}.{text[1:]}"
        plain = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"-{plain}" if sign else plain


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    return f'"{number_text(value)}"' if _is_number(value) else _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is beyond all doubles")
    return value


def _whole(text: str) -> "int | float":
    value = _finite(text)
    # Beyond, a double does not hold each of them, and JavaScript has nothing else.
    return int(text) if abs(value) < 2.0**53 else value


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _without_repeats(pairs: "list[tuple[str, Any]]") -> Any:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has a key twice")
    return value
