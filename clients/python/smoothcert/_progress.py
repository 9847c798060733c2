"""Shows how far a job is: a bar of tqdm where somebody looks, else a line now and then."""

from __future__ import annotations

import importlib
import sys
import time
from typing import Any, Dict, Optional

#: Seconds between two lines where there is no bar.
LINE_SECONDS = 30.0


class Progress:
    """Shows the decided images of one job, and notes.

    Parameters
    ----------
    shown : bool, optional
        False: nothing is shown. True or ``None``: a bar of tqdm if it is installed and standard error is a terminal or a
        notebook; else a line each 30 seconds on standard error.
    title : str
        Stands before the figures, for example ``"σ = 0.25"``.
    """

    def __init__(self, shown: Optional[bool], title: str) -> None:
        self._shown = shown is not False
        self._title = title
        self._bar: Any = None
        self._images = 0
        self._last_line = time.monotonic()

    def begin(self, images: int) -> None:
        """Begins with the number of images of the job."""
        self._images = images
        bars = _bars() if self._shown else None
        if bars is not None:
            self._bar = bars.tqdm(total=images, desc=self._title, unit="image", mininterval=0.2)

    def note(self, text: str) -> None:
        """Shows a remark."""
        if not self._shown:
            return
        if self._bar is None:
            print(f"Note: {text}", file=sys.stderr, flush=True)
        else:
            self._bar.write(f"Note: {text}", file=sys.stderr)

    def update(self, decided: int, samples: int, outlook: Optional[Dict[str, Any]]) -> None:
        """Shows how many images are decided, how many samples are drawn, and the forecast of the rest."""
        if self._bar is not None:
            self._bar.set_postfix_str(_words(samples, outlook), refresh=False)
            self._bar.update(decided - self._bar.n)
            return
        now = time.monotonic()
        if self._shown and now - self._last_line >= LINE_SECONDS:
            self._last_line = now
            text = f"{self._title}: {decided} of {self._images} images, {_words(samples, outlook)}"
            print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Ends the bar; it stays where it stands."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _words(samples: int, outlook: Optional[Dict[str, Any]]) -> str:
    text = f"{samples:,} samples"
    left = (outlook or {}).get("secondsLeft")
    if left is None:
        return text
    return f"{text}, about {_duration(float(left['expected']))} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def _bars() -> Any:
    """Returns tqdm.auto where it is installed and a bar is of use; else ``None``."""
    if not (in_notebook() or sys.stderr.isatty()):
        return None
    try:
        return importlib.import_module("tqdm.auto")
    except ImportError:
        return None


def in_notebook() -> bool:
    """Returns True in a notebook of Jupyter, which only shows what its kernel writes."""
    ipython = sys.modules.get("IPython")
    if ipython is None:
        return False
    return type(ipython.get_ipython()).__name__ == "ZMQInteractiveShell"
