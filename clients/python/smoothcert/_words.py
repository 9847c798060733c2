"""Turns what the command says of its flags into the words of this package."""

from __future__ import annotations

import re
from typing import Callable, List, Tuple, Union

#: Flags with another name here.
NAMES = {"labels": "y", "data": "x"}
#: Flags without a value.
SWITCHES = frozenset(
    "features clip bgr runner-up simultaneous keep-counts strict no-check no-report topk-rows pilot".split()
)
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_LIST = rf"{_NUMBER}(?:,{_NUMBER})*"
#: Values that are words, so that what follows a flag in a sentence is not taken for its value.
_WORD = (
    "nchw|nhwc|flat|auto|gain|target|two-stage|fixed|budget|spending|anytime|clopper-pearson|clt|gaussian|laplace|uniform"
    "|quick|default|thorough|cpu|webgpu|cuda|tensorrt|dml|coreml"
)

_Rule = Tuple["re.Pattern[str]", Union[str, Callable[["re.Match[str]"], str]]]


def _value(text: str) -> str:
    """Returns a value of the command line as Python has it."""
    if "," in text:
        return f"[{', '.join(text.split(','))}]"
    return text if re.fullmatch(_NUMBER, text) else f'"{text}"'


def _with_value(match: "re.Match[str]") -> str:
    return f"{_name(match[1])}={_value(match[2])}"


def _alone(match: "re.Match[str]") -> str:
    return f"{_name(match[1])}=True" if match[1] in SWITCHES else _name(match[1])


def _name(flag: str) -> str:
    return NAMES.get(flag, flag.replace("-", "_"))


_RULES: List[_Rule] = [
    (re.compile(r"\bsmoothcert (certify|predict|plan|study|verify|report|check) --help\b"), r"help(sc.\1)"),
    (re.compile(r"\b([Ss])ave (?:it|them) as \(([^()]+)\)\.astype\(np\.float32\)"), lambda found: f"{_give(found[1])} {found[2]}"),
    (re.compile(r"\b([Ss])ave (?:it|them) as (?=\(?x\b)"), lambda found: f"{_give(found[1])} "),
    (re.compile(r"\bpass --mean and --std\b"), "keep normalize=(mean, std)"),
    (re.compile(r"--mean and --std\b"), "normalize=(mean, std)"),
    (
        re.compile(rf"--mean[ =]({_LIST}) --std[ =]({_LIST})"),
        lambda found: f"normalize=({_value(found[1])}, {_value(found[2])})",
    ),
    (re.compile(rf"--([a-z][a-z0-9-]*)[ =]({_LIST}|{_WORD})(?![\w-])"), _with_value),
    (re.compile(r"--([a-z][a-z0-9-]*)"), _alone),
]


def _give(letter: str) -> str:
    return "Give" if letter == "S" else "give"


def in_words_of_python(text: str) -> str:
    """Returns a sentence of the command with its flags as arguments: ``max_samples`` for ``--max-samples``, ``y`` for ``--labels``.

    >>> in_words_of_python("Pixels of [-1, 1]: --mean 0.5 --std 0.5. See smoothcert certify --help.")
    'Pixels of [-1, 1]: normalize=(0.5, 0.5). See help(sc.certify).'
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
