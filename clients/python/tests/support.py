"""What the tests share: the command of this clone, images, folders, and what a machine must have."""

import importlib.util
import os
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "clients" / "python"
os.environ["SMOOTHCERT"] = str(ROOT)
sys.path.insert(0, str(PACKAGE))

import smoothcert as sc  # noqa: E402

DIGITS = ROOT / "examples" / "digits"
MODEL = DIGITS / "digits.onnx"

#: A job of a moment, without a report.
QUICK = {"max_samples": 500, "processes": 1, "no_report": True, "no_check": True, "seed": 7, "progress": False}


def digits(count):
    """Returns images, uint8 [count, 1, 8, 8], and their labels."""
    with np.load(DIGITS / "digits.npz") as file:
        return file["x"][:count], file["y"][:count]


def needs(*packages):
    """Skips a test where Python lacks a package, saying which."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    return unittest.skipIf(missing, f"{sys.executable} lacks {', '.join(missing)}")


class TestCase(unittest.TestCase):
    """Each test has an empty folder, whose name has a space and letters beyond ASCII."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smoothcert tëst ")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def refused(self, code, function, *arguments, **keywords):
        """Returns the error, which must have that code, a cause and a remedy."""
        with self.assertRaises(sc.SmoothcertError) as caught:
            function(*arguments, **keywords)
        error = caught.exception
        self.assertEqual(error.code, code, str(error))
        self.assertTrue(error.message and error.remedy, str(error))
        self.assertEqual(str(error), f"{error.code}: {error.message}\n{error.remedy}")
        return error
