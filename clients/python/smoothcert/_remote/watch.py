"""Watches a job until it has ended, and tells what it sees as the news of a run."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Optional, Set

from .client import Client
from .status import one_line

News = Dict[str, Any]
#: Every job waits for a moment; a wait is told only if it lasts so many seconds.
_WORTH_SAYING = 3.0


class Teller:
    """Tells the news of a job; no note twice.

    Parameters
    ----------
    on_news : callable
        Gets each object; it is never called twice at a time.
    out : str
        The folder, as it was given.
    resumed : bool
        The folder had this job already.
    """

    def __init__(self, on_news: Callable[[News], None], out: str, resumed: bool) -> None:
        self._on_news = on_news
        self._out = out
        self._resumed = resumed
        self._said: Set[str] = set()
        self._begun = False
        self._waiting = ""
        self._timer: Optional[threading.Timer] = None
        self._lock = threading.Lock()

    @property
    def notes(self) -> Set[str]:
        """The notes that were told."""
        return self._said

    def note(self, text: str) -> None:
        """Tells a remark for a person."""
        with self._lock:
            line = one_line(text)
            if line in self._said:
                return
            self._said.add(line)
            self._on_news({"news": "note", "text": line})

    def job(self, job: Any) -> None:
        """Tells how far a job is."""
        if job.job_json:
            self.begin(job.job_digest, job.spec.seed, job.progress.images)
        for refusal in job.refusals:
            self.note(f"{refusal.worker} cannot draw for it: {refusal.message} ({refusal.code})")
        for text in (job.rounding_note, job.batch_note):
            if text:
                self.note(text)
        self._wait(job)
        if self._begun:
            self._tell(
                {
                    "news": "progress",
                    "decided": decided_of(job.progress),
                    "images": job.progress.images,
                    "samples": job.progress.samples,
                    "outlook": _outlook(job),
                }
            )

    def begin(self, digest: str, seed: str, images: int) -> None:
        """Tells once that the job has begun."""
        if self._begun:
            return
        self._begun = True
        begun = {"out": self._out, "job": digest, "seed": seed, "images": images, "resumed": self._resumed}
        self._tell({"news": "begun", **begun})

    def end(self) -> None:
        """No wait is told any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self, news: News) -> None:
        with self._lock:
            self._on_news(news)

    def _wait(self, job: Any) -> None:
        if job.waiting_for == self._waiting:
            return
        self.end()
        self._waiting = job.waiting_for
        if not self._waiting:
            return
        text = " ".join(part for part in (f"Waiting: {job.waiting_for}", job.waiting_remedy) if part)
        self._timer = threading.Timer(_WORTH_SAYING, self.note, [text])
        self._timer.daemon = True
        self._timer.start()


def decided_of(progress: Any) -> int:
    """Returns how many images of a job are decided or given up."""
    parts = (progress.certified, progress.abstained, progress.failed, progress.approximate, progress.predicted)
    return int(sum(parts))


def follow(client: Client, job: str, teller: Teller, check: Callable[[Any], None]) -> Any:
    """Returns the job as it ended. `check` sees it with every message, and may raise."""
    last = None
    try:
        for update in client.watch(job):
            last = update.job
            check(last)
            teller.job(last)
    finally:
        teller.end()
    return last


def _outlook(job: Any) -> Optional[Dict[str, Any]]:
    if not job.HasField("outlook"):
        return None
    outlook = job.outlook
    rate = outlook.samples_per_second if outlook.HasField("samples_per_second") else None
    left = _forecast(outlook.seconds_left) if outlook.HasField("seconds_left") else None
    return {"samples": _forecast(outlook.samples), "samplesPerSecond": rate, "secondsLeft": left}


def _forecast(message: Any) -> Dict[str, float]:
    return {"low": message.low, "expected": message.expected, "high": message.high}
