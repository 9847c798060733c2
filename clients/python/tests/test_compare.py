"""Scores of an export beside those of the original: rounding is allowed, and nothing that changes votes."""

import unittest

import numpy as np

from .support import TestCase, digits, sc

from smoothcert._compare import TOLERANCE, require_same
from smoothcert._data import data_of
from smoothcert._model import model_of
from smoothcert._prepare import prepared_inputs
from smoothcert._stored import StoredInputs


class Scores(TestCase):
    def setUp(self):
        super().setUp()
        self.scores = np.random.default_rng(1).normal(scale=5, size=(32, 10)).astype(np.float32)

    def test_may_differ_by_rounding_also_where_all_are_large(self):
        for offset in (0, 1e4):
            wanted = (self.scores + np.float32(offset)).astype(np.float32)
            require_same(np.nextafter(wanted, np.float32(np.inf)), wanted, TOLERANCE)

    def test_of_a_masked_class_widen_nothing(self):
        for mask in (-1e9, -1e30, -np.inf):
            for masked in (1, 9):
                wanted = np.concatenate([self.scores, np.full((32, masked * 10), mask, np.float32)], axis=1)
                require_same(wanted.copy(), wanted, TOLERANCE)
                moved = wanted.copy()
                moved[:, :10] = np.roll(moved[:, :10], 1, axis=1)
                self.refused("MODEL_EXPORT_DIFFERS", require_same, moved, wanted, TOLERANCE)
                nudged = wanted.copy()
                nudged[3, self.scores[3].argmax()] += 0.2
                self.refused("MODEL_EXPORT_DIFFERS", require_same, nudged, wanted, TOLERANCE)

    def test_that_are_nan_or_infinite_must_be_so_on_both_sides(self):
        other = self.scores.copy()
        other[0, 0] = np.nan
        self.refused("MODEL_EXPORT_DIFFERS", require_same, other, self.scores, TOLERANCE)
        self.refused("MODEL_EXPORT_DIFFERS", require_same, self.scores, other, TOLERANCE)
        require_same(other.copy(), other, TOLERANCE)

    def test_that_tie_may_name_either_class(self):
        tied = self.scores.copy()
        tied[:, 0] = tied[:, 1] = tied.max(axis=1) + 1
        other = tied.copy()
        other[:, 0] = np.nextafter(other[:, 0], np.float32(-np.inf))
        self.assertTrue((other.argmax(axis=1) == 1).all() and (tied.argmax(axis=1) == 0).all())
        require_same(other, tied, TOLERANCE)


class Noise(TestCase):
    def test_is_drawn_before_the_normalisation_and_leaves_the_unit_interval(self):
        x = np.full((4, 3, 50, 50), 255, np.uint8)
        for kind in ("gaussian", "laplace", "uniform"):
            values = prepared_inputs(x, {"mean": [0, 0, 1], "std": [1, 2, 0.5], "noise": kind}, [1.0, 0.25, 0.5])
            self.assertEqual(values.shape, (28, 3, 50, 50))
            pixels = values * np.array([1, 2, 0.5])[:, None, None] + np.array([0, 0, 1])[:, None, None]
            self.assertTrue((np.abs(pixels[:4] - 1) < 1e-12).all())
            for part, sigma in ((pixels[4:16], 0.25), (pixels[16:], 1.0)):
                # 90,000 draws: far within five standard deviations of each estimate.
                self.assertAlmostEqual(float(part.mean()), 1, delta=5 * sigma / 300)
                self.assertAlmostEqual(float(part.std()) / sigma, 1, delta=0.03)
                self.assertGreater(part.max(), 1)


class Inputs(TestCase):
    def stored(self, x, y, model=b"a model"):
        data = data_of(x, y)
        return StoredInputs(model_of(model, data, {}, [0.25]), data, self.folder, [self.folder / "job"])

    def test_are_read_again_before_their_names_are_believed(self):
        x, y = digits(3)
        with self.stored(x, y) as first:
            model, data = first.model.read_bytes(), first.data.read_bytes()
        other, _ = data_of(x[::-1], y).write(self.folder)
        for forged in (b"no archive", other.read_bytes()):
            first.model.write_bytes(b"another model")
            first.data.write_bytes(forged)
            with self.stored(x, y) as second:
                self.assertEqual(second, first)
                self.assertEqual((second.model.read_bytes(), second.data.read_bytes()), (model, data))

    def test_of_a_call_that_fails_are_taken_away_and_those_of_other_calls_stay(self):
        x, y = digits(3)
        with self.assertRaises(sc.SmoothcertError), self.stored(x, y) as mine:
            with self.stored(x[::-1], y, b"their model") as theirs:
                pass
            raise sc.SmoothcertError("OPTION_INVALID", "Refused.", "Nothing.")
        self.assertEqual([mine.model.exists(), mine.data.exists()], [False, False])
        self.assertEqual([theirs.model.exists(), theirs.data.exists()], [True, True])


if __name__ == "__main__":
    unittest.main()
