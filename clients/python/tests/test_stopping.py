"""However Python ends, the command stops, nothing half-written is left, and the same call resumes."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from .support import MODEL, PACKAGE, TestCase, digits, sc

COUNT = 12
SIGMAS = [0.25, 0.5]
#: Long enough to be stopped in its midst: every batch is audited, in one process.
LONG = {"stop": "fixed", "max_samples": 6000, "batch": 32, "audit_share": 1, "processes": 1, "seed": 11, "no_check": True, "no_report": True}
#: Longer than any of it takes, on a machine that is five times slower.
PATIENCE = 300

SCRIPT = """
import sys
sys.path[:0] = [{package!r}]
from tests.test_stopping import certify
certify({out!r})
"""


def certify(out):
    return sc.certify(MODEL, *digits(COUNT), sigma=SIGMAS, out=out, **LONG)


def until(happened, what):
    """Waits until something has happened; fails after a long time."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen in {PATIENCE} s")
        time.sleep(0.01)


def is_drawing(folder):
    ledger = folder / "ledger"
    return ledger.exists() and ledger.stat().st_size > 500


class Stopping(TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="smoothcert undisturbed ")
        cls.addClassCleanup(folder.cleanup)
        cls.undisturbed = Path(folder.name) / "out"
        certify(cls.undisturbed)

    def start(self, out):
        """Starts a Python that certifies, as a terminal does: in a process group of its own."""
        script = SCRIPT.format(package=str(PACKAGE), out=str(out))
        child = subprocess.Popen(
            [sys.executable, "-c", script], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self.addCleanup(child.stderr.close)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        return child

    def decided(self, folder):
        lines = (folder / "results.jsonl").read_text().splitlines()
        theirs = (self.undisturbed / folder.name / "results.jsonl").read_text().splitlines()
        self.assertTrue(set(lines) <= set(theirs))
        return len(lines)

    def test_killed_and_interrupted_it_ends_with_the_same_bytes(self):
        out = self.folder / "out"
        first, second = (out / repr(sigma) for sigma in SIGMAS)

        killed = self.start(out)
        until(lambda: is_drawing(first), "drawing for the first σ")
        killed.send_signal(signal.SIGKILL)
        self.assertEqual(killed.wait(), -signal.SIGKILL)
        # The command notices, writes what is decided and lets the folder go.
        until(lambda: not (first / "lock").exists(), "the end of the command")
        self.assertLess(self.decided(first), COUNT)

        stopped = self.start(out)
        until(lambda: is_drawing(second), "drawing for the second σ")
        # As in a notebook: the signal reaches Python alone.
        stopped.send_signal(signal.SIGINT)
        said = stopped.stderr.read().decode()
        self.assertEqual(stopped.wait(), -signal.SIGINT, said)
        self.assertIn("KeyboardInterrupt", said)
        self.assertIn("The same call resumes.", said)
        self.assertFalse((second / "lock").exists())
        self.assertEqual(self.decided(first), COUNT)
        self.assertLess(self.decided(second), COUNT)

        runs = certify(out)
        for sigma in SIGMAS:
            resumed, whole = (folder / repr(sigma) / "results.jsonl" for folder in (out, self.undisturbed))
            self.assertEqual(resumed.read_bytes(), whole.read_bytes())
            self.assertTrue(runs[sigma].done)


if __name__ == "__main__":
    unittest.main()
