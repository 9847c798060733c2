"""Decides if a server that does not answer is asked again."""

from __future__ import annotations

import time
from typing import Callable, Optional

from .._errors import SmoothcertError

#: Pause between two tries, in seconds: the first one, and the longest.
_LEAST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
#: A server that never answered is more likely misspelt than away.
_FIRST_CONTACT = 5.0
_PASSING = frozenset({"SERVER_UNREACHABLE", "NOT_SERVING", "ARTIFACT_BUSY"})


def is_passing(error: SmoothcertError) -> bool:
    """Returns true if the same call may succeed a little later."""
    return error.code in _PASSING


class Patience:
    """Waits for a server that has answered before: one that restarts, or another one that takes over, ends nobody's call.

    Parameters
    ----------
    seconds : float
        The longest time that a server which went away is waited for.
    on_wait : callable
        Is told once for each time that there is something to wait for.
    """

    def __init__(self, seconds: float, on_wait: Callable[[SmoothcertError], None]) -> None:
        self._seconds = seconds
        self._on_wait = on_wait
        self._contacted = False
        self._deadline: Optional[float] = None
        self._pause = _LEAST_PAUSE

    def again(self) -> Patience:
        """Returns one for another request to the same server: with the same limits, its time not begun."""
        other = Patience(self._seconds, self._on_wait)
        other._contacted = self._contacted
        return other

    def answered(self) -> None:
        """The server has answered something."""
        self._contacted = True
        self._deadline = None
        self._pause = _LEAST_PAUSE

    def wait_or_raise(self, error: SmoothcertError) -> None:
        """Returns when another try is due; raises the error itself if it does not pass, or if it has been too long."""
        if not is_passing(error):
            raise error
        if error.code != "SERVER_UNREACHABLE":
            self._contacted = True
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + (self._seconds if self._contacted else min(self._seconds, _FIRST_CONTACT))
            if self._contacted:
                self._on_wait(error)
        if now >= self._deadline:
            raise error
        pause = min(self._pause, self._deadline - now)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        time.sleep(pause)
