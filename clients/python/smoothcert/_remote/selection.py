"""Images of a data set by index, as ``images=`` names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Union

from .._errors import SmoothcertError

#: What ``images=`` takes: "start:stop:step" as in Python, an index alone, a slice or a range.
Asked = Union[None, str, int, slice, range]


@dataclass(frozen=True)
class Selection:
    """Images start, start + step, … of a data set, `count` of them. One image alone has step 1."""

    start: int
    step: int
    count: int

    @property
    def stop(self) -> int:
        """The index behind the last image."""
        return self.start + (self.count - 1) * self.step + 1

    @property
    def slice(self) -> slice:
        """The same as a slice of an array."""
        return slice(self.start, self.stop, self.step)


def resolve(asked: Asked, count: int) -> range:
    """Returns the indices that are asked for, of a data set of `count` images; its end is at most `count`.

    Raises
    ------
    SmoothcertError
        OPTION_INVALID for another thing than a range that ascends from 0 on, and where it holds no image.
    """
    start, stop, step = _bounds(asked)
    end = count if stop is None else min(stop, count)
    if start < end:
        return range(start, end, step)
    raise SmoothcertError(
        "OPTION_INVALID",
        f"images={asked!r} names none of the {count} images.",
        f"Choose indices from 0 to {count - 1}.",
    )


def selection_of(indices: range) -> Selection:
    """Returns indices as a data set keeps them, which does not know where they might have ended."""
    return Selection(indices.start, 1 if len(indices) == 1 else indices.step, len(indices))


def _bounds(asked: Asked) -> tuple[int, Optional[int], int]:
    if asked is None:
        return 0, None, 1
    if isinstance(asked, (slice, range)):
        found = (asked.start or 0, asked.stop, 1 if asked.step is None else asked.step)
    elif isinstance(asked, int) and not isinstance(asked, bool):
        found = (asked, asked + 1, 1)
    else:
        found = _written(str(asked))
    start, stop, step = found
    if start < 0 or step < 1 or (stop is not None and stop <= start):
        raise _error(asked)
    return found


def _written(text: str) -> tuple[int, Optional[int], int]:
    match = re.fullmatch(r"\s*(\d*)(?::(\d*))?(?::(\d*))?\s*", text)
    if match is None or text.strip() == "":
        raise _error(text)
    start, stop, step = match.groups()
    if stop is None:
        return int(start), int(start) + 1, 1
    return int(start or 0), int(stop) if stop else None, int(step or 1)


def _error(asked: Asked) -> SmoothcertError:
    return SmoothcertError(
        "OPTION_INVALID",
        f"images={asked!r} is no range start:stop:step that ascends from 0 on.",
        'Write for example "::10", "0:100", slice(0, 100) or range(0, 1000, 10).',
    )
