"""Arrays of every layout are one data set, and what is no array is refused."""

import json
import unittest

import numpy as np

from .support import MODEL, QUICK, TestCase, digits, needs, sc

from smoothcert._data import data_of

COUNT = 2


class Layouts(TestCase):
    def certified(self, x, y, name, **flags):
        run = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / name, **{**QUICK, "max_samples": 64}, **flags)
        return run.job["draw"]["dataDigest"], run

    def test_types_and_memory_orders_give_the_same_data_set(self):
        x, y = digits(COUNT)
        digest, run = self.certified(x, y, "uint8")
        floats = np.asfortranarray(x.astype(">f4") / np.float32(255))
        other, theirs = self.certified(floats, y.astype(np.float64), "float32")
        self.assertEqual((other, theirs.rows), (digest, run.rows))

    def test_equal_arrays_are_one_file_whatever_their_memory_is_like(self):
        x, y = digits(20)
        first, _ = data_of(x, y).write(self.folder)
        written = first.stat().st_mtime_ns
        for images in (np.repeat(x, 2, axis=0)[::2], np.asfortranarray(x), np.moveaxis(np.moveaxis(x, 1, 3).copy(), 3, 1)):
            self.assertFalse(images.flags.c_contiguous and images.base is None)
            self.assertEqual(data_of(images, y).write(self.folder), (first, None))
        self.assertEqual(first.stat().st_mtime_ns, written)
        self.assertNotEqual(data_of(x, (y + 1) % 10).write(self.folder), (first, None))
        with np.load(first) as file:
            self.assertEqual((file["x"].dtype, file["x"].tolist(), file["y"].tolist()), (x.dtype, x.tolist(), y.tolist()))

    @needs("torch")
    def test_tensors_are_arrays(self):
        import torch

        x, y = digits(COUNT)
        data = data_of(torch.from_numpy(x), torch.from_numpy(y.astype(np.int64)))
        self.assertTrue(np.shares_memory(data.images, x))
        self.assertEqual((data.images.tolist(), data.labels.tolist()), (x.tolist(), y.tolist()))
        learned = (torch.from_numpy(x).float() / 255).requires_grad_(True)
        self.assertEqual(data_of(learned, None).images.tolist(), (x.astype(np.float32) / 255).tolist())
        halves = torch.tensor([[0.5, 0.25]], dtype=torch.bfloat16)
        self.assertEqual(data_of(halves, None).images.tolist(), [[0.5, 0.25]])

    def test_axes_may_stand_in_any_usual_order(self):
        x, y = digits(COUNT)
        _, first = self.certified(x, y, "nchw")
        for name, images in {"nhwc": np.moveaxis(x, 1, 3), "nhw": x[:, 0], "flat": x.reshape(COUNT, -1)}.items():
            with self.subTest(name):
                _, run = self.certified(images, y, name)
                self.assertEqual(run.predicted.tolist(), first.predicted.tolist())
                self.assertEqual(run.radius.tolist(), first.radius.tolist())

    def test_files_stay_where_they_are(self):
        x, y = digits(COUNT)
        np.savez(self.folder / "d.npz", x=x)
        np.save(self.folder / "y.npy", y)
        _, run = self.certified(str(self.folder / "d.npz"), self.folder / "y.npy", "paths")
        self.assertEqual(run.label.tolist(), y.tolist())
        images, labels = data_of(self.folder / "d.npz", y).write(self.folder)
        self.assertEqual(images, self.folder / "d.npz")
        with np.load(labels) as file:
            self.assertEqual(file["y"].tolist(), y.tolist())
        written = json.loads((self.folder / "paths" / "job.json").read_text())
        self.assertEqual(written["input"]["data"], str((self.folder / "d.npz").resolve()))
        self.assertEqual(list((self.folder / "paths" / "inputs").iterdir()), [])


class Refusals(TestCase):
    def test_lists_objects_and_other_lengths(self):
        x, y = digits(COUNT)
        out = self.folder / "out"
        for images, labels, code in [
            (list(x), y, "DATA_FORMAT"),
            (x, list(y), "DATA_FORMAT"),
            ({"x": x}, y, "DATA_FORMAT"),
            (np.array([x[0], None], dtype=object), y, "DATA_TYPE"),
            (x, y[:1], "LABELS_MISMATCH"),
            (x, np.eye(10)[y], "LABELS_MISMATCH"),
            (x.astype(np.float32), y, "DATA_RANGE"),
            (self.folder / "none.npz", None, "DATA_UNREADABLE"),
        ]:
            with self.subTest(code):
                error = self.refused(code, sc.certify, MODEL, images, labels, sigma=0.25, out=out, **QUICK)
                self.assertFalse(out.exists(), str(error))

    def test_the_remedy_for_a_list_works(self):
        x, y = digits(COUNT)
        error = self.refused("DATA_FORMAT", sc.certify, MODEL, list(x), y, sigma=0.25, **QUICK)
        self.assertIn("np.stack(x)", error.remedy)
        run = sc.certify(MODEL, np.stack(list(x)), y, sigma=0.25, out=self.folder / "out", **QUICK)
        self.assertTrue(run.done)


if __name__ == "__main__":
    unittest.main()
