"""What is shown while a job runs: a bar where somebody looks, lines where nobody does."""

import contextlib
import io
import sys
import unittest
from unittest import mock

from .support import TestCase, needs

from smoothcert import _progress
from smoothcert._news import News
from smoothcert._progress import Progress

OUTLOOK = {"samples": {}, "samplesPerSecond": 1000, "secondsLeft": {"low": 100, "expected": 150, "high": 300}}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(shown, stream, seconds=(0, 10, 31, 45, 62)):
    """Returns what a run of two images writes, whose news come at these seconds, and the News."""
    clock = iter(seconds)
    with contextlib.redirect_stderr(stream), mock.patch.object(_progress.time, "monotonic", lambda: next(clock, seconds[-1])):
        progress = Progress(shown, "σ = 0.25")
        news = News(progress)
        news.take({"news": "begun", "out": "o", "job": "d", "seed": "1", "images": 2, "resumed": False})
        news.take({"news": "note", "text": "Pixels were clipped."})
        for decided in (0, 1, 1):
            news.take({"news": "progress", "decided": decided, "images": 2, "samples": 1024, "outlook": OUTLOOK})
        news.take({"news": "a kind of later"})
        news.take({"news": "ended", "done": True, "summary": {"decided": 2, "samples": 2048}})
        progress.close()
    return stream.getvalue(), news


class Shown(TestCase):
    def test_as_a_line_each_half_minute_where_there_is_no_terminal(self):
        text, news = told(None, io.StringIO())
        self.assertEqual(
            text.splitlines(),
            [
                "Note: Pixels were clipped.",
                "σ = 0.25: 1 of 2 images, 1,024 samples, about 2 min left",
                "σ = 0.25: 2 of 2 images, 2,048 samples",
            ],
        )
        self.assertEqual((news.notes, news.decided, news.images), (["Pixels were clipped."], 2, 2))

    def test_not_at_all_with_progress_false(self):
        for stream in (io.StringIO(), Terminal()):
            text, news = told(False, stream)
            self.assertEqual((text, news.notes), ("", ["Pixels were clipped."]))

    @needs("tqdm")
    def test_as_a_bar_of_tqdm_on_a_terminal(self):
        text, _ = told(None, Terminal())
        self.assertIn("σ = 0.25:", text)
        self.assertIn("2/2", text)
        self.assertIn("Note: Pixels were clipped.", text)
        self.assertNotIn("of 2 images", text)

    def test_as_lines_on_a_terminal_without_tqdm(self):
        with mock.patch.dict(sys.modules, {"tqdm.auto": None}):
            text, _ = told(None, Terminal())
        self.assertIn("1 of 2 images", text)

    def test_of_a_run_that_was_stopped_before_its_job_began(self):
        news = News(Progress(False, "σ = 1"))
        news.take({"news": "ended", "done": False, "summary": None})
        self.assertIsNone(news.summary)
        self.refused("INTERNAL", news.line, "Done.")


if __name__ == "__main__":
    unittest.main()
