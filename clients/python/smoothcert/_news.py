"""Takes the news of a run, from the command or from a server: one object each, as docs of ``--json-lines`` say."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from ._errors import SmoothcertError
from ._progress import Progress


class News:
    """Shows what is told of one job, and keeps what is wanted at its end.

    Attributes
    ----------
    notes : list of str
        Remarks on model, data and claim.
    summary : dict, optional
        The summary, once the run has ended; ``None``, too, if it was stopped before its job had begun.
    decided, images : int
        Images decided by now, and those of the job.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.notes: List[str] = []
        self.summary: Optional[Dict[str, Any]] = None
        self.decided = 0
        self.images = 0

    def line(self, text: str) -> None:
        """Takes a line of JSON. Raises SmoothcertError ``INTERNAL`` for anything else."""
        try:
            one = json.loads(text)
        except ValueError as error:
            raise SmoothcertError(
                "INTERNAL",
                f"The command said what is no news: {text[:200]}",
                "Install this package and the command from the same place.",
            ) from error
        self.take(one)

    def take(self, one: Dict[str, Any]) -> None:
        """Takes one object. Kinds that are not known are passed over."""
        kind = one.get("news")
        if kind == "begun":
            self.images = int(one["images"])
            self._progress.begin(self.images)
        elif kind == "note":
            self.notes.append(str(one["text"]))
            self._progress.note(self.notes[-1])
        elif kind == "progress":
            self.decided = int(one["decided"])
            self._progress.update(self.decided, int(one["samples"]), one.get("outlook"))
        elif kind == "ended":
            self.summary = one["summary"]
            if self.summary is not None:
                self.decided = int(self.summary["decided"])
                self._progress.update(self.decided, int(self.summary.get("drawn", self.summary["samples"])), None)
