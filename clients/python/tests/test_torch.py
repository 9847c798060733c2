"""Modules of PyTorch: exported as they are, or refused before anything is drawn."""

import unittest
from unittest import mock

import numpy as np

from .support import QUICK, TestCase, digits, needs, sc

try:
    import torch
    from torch.nn import functional

    from smoothcert._torch import export_module

    class Eigen(torch.nn.Module):
        """Has an operation that ONNX has not."""

        def forward(self, x):
            return torch.linalg.eigvalsh(x[:, 0] @ x[:, 0].transpose(1, 2))

except ImportError:
    torch = None

COUNT = 6


def classifier():
    """Returns a network with dropout and batch normalisation that saw no data, and is in training mode; the same every time."""
    torch.manual_seed(1)
    nn = torch.nn
    front = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.5))
    net = nn.Sequential(front, nn.Flatten(), nn.Linear(8 * 64, 10))
    net.train()
    with torch.no_grad():
        # Statistics that differ from those of any batch.
        net(torch.rand(64, 1, 8, 8))
    return net


@needs("torch")
class Modules(TestCase):
    def certify(self, module, x=None, **flags):
        images, y = digits(COUNT)
        return sc.certify(module, images if x is None else x, y, sigma=0.25, out=self.folder / "out", **{**QUICK, **flags})

    def refuses(self, module, code):
        error = self.refused(code, self.certify, module)
        self.assertFalse((self.folder / "out").exists())
        return error

    def test_certifies_what_the_module_computes_and_leaves_it_as_it_is(self):
        net = classifier()
        before = {name: value.clone() for name, value in net.state_dict().items()}
        run = self.certify(net, normalize=(0.3, 0.25))
        self.assertTrue(all(one.training for one in net.modules()))
        self.assertTrue(all(torch.equal(value, before[name]) for name, value in net.state_dict().items()))
        # An independent vote, with noise of our own and the module itself.
        x, _ = digits(COUNT)
        net.eval()
        generator = torch.Generator().manual_seed(3)
        noisy = torch.from_numpy(x / 255.0)[:, None] + 0.25 * torch.randn(COUNT, 2000, 1, 8, 8, generator=generator)
        with torch.no_grad():
            votes = net(((noisy.reshape(-1, 1, 8, 8) - 0.3) / 0.25).float()).argmax(1).reshape(COUNT, 2000)
        shares = np.stack([np.bincount(row, minlength=10) for row in votes.numpy()]) / 2000
        self.assertGreater((run.outcome == "certified").sum(), 0)
        for image, (predicted, row) in enumerate(zip(run.predicted, run.rows)):
            counts = dict(zip(row["counts"]["classes"], row["counts"]["votes"]))
            drawn = np.array([counts.get(one, 0) for one in range(10)]) / sum(counts.values())
            # 500 and 2,000 votes of one law: six standard deviations of the difference.
            self.assertLess(np.abs(drawn - shares[image]).max(), 6 * np.sqrt(0.25 / 500 + 0.25 / 2000))
            self.assertTrue(predicted in (-1, shares[image].argmax()))

    def test_the_same_module_is_the_same_job(self):
        first = self.certify(classifier())
        again = self.certify(classifier().eval())
        self.assertEqual(first.rows, again.rows)
        self.assertEqual(len(list((self.folder / "out" / "inputs").glob("*.onnx"))), 1)

    def test_that_take_flat_images_or_another_order_of_axes(self):
        torch.manual_seed(2)
        flat = torch.nn.Linear(64, 10)
        x, _ = digits(COUNT)
        expected = self.certify(flat).predicted.tolist()
        net = torch.nn.Sequential(torch.nn.Flatten(), flat)
        nhwc = sc.certify(net, np.moveaxis(x, 1, 3), sigma=0.25, out=self.folder / "nhwc", **QUICK)
        self.assertEqual(nhwc.predicted.tolist(), expected)

    def test_with_randomness_in_evaluation_mode_is_refused(self):
        class Careless(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.last = torch.nn.Linear(64, 10)

            def forward(self, x):
                return self.last(functional.dropout(x.flatten(1), 0.5))

        error = self.refuses(Careless(), "MODEL_NOT_DETERMINISTIC")
        self.assertIn("training=self.training", error.remedy)

    def test_with_a_branch_that_the_export_freezes_is_refused(self):
        class Branching(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.last = torch.nn.Linear(64, 10)

            def forward(self, x):
                flat = x.flatten(1)
                scores = self.last(flat)
                return -scores if len(x) > 2 else scores

        self.refuses(Branching(), "MODEL_EXPORT_DIFFERS")

    def test_that_treat_noisy_images_in_another_way_are_refused(self):
        class Refusing(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.last = torch.nn.Linear(64, 10)

            def forward(self, x):
                # No image is below 0, and every noisy one is.
                if float(x.min()) < 0:
                    x = x * 0
                return self.last(x.flatten(1))

        self.refuses(Refusing(), "MODEL_EXPORT_DIFFERS")

    def test_that_decide_in_python_by_what_is_compared_say_so(self):
        class Checking(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.last = torch.nn.Linear(64, 10)

            def forward(self, x):
                if not float(x.abs().max()) < 1e6:
                    raise ValueError("out of range")
                return self.last(x.flatten(1))

        run = self.certify(Checking(), images=slice(0, 1))
        self.assertRegex(run.notes[0], r"test_torch\.py, line \d+")

    def test_with_the_channels_last_that_take_both_orders_ask_for_the_layout(self):
        torch.manual_seed(3)
        linear = torch.nn.Linear(48, 5)
        net = torch.nn.Sequential(torch.nn.Flatten(), linear)
        x = np.random.default_rng(3).random((5, 4, 4, 3), dtype=np.float32)
        error = self.refused("LAYOUT_AMBIGUOUS", self.certify_images, net, x)
        self.assertIn('layout="nhwc"', error.remedy)
        for layout, given in (("nhwc", x), ("nchw", np.moveaxis(x, 3, 1))):
            with torch.no_grad():
                wanted = linear(torch.from_numpy(given.reshape(5, -1).copy())).argmax(1).tolist()
            self.assertEqual(self.certify_images(net, x, layout=layout).predicted.tolist(), wanted)

    def certify_images(self, module, x, **flags):
        """Certifies with so little noise that each class is that of the image."""
        out = self.folder / str(flags.get("layout"))
        return sc.certify(module, x, sigma=1e-4, out=out, **{**QUICK, "max_samples": 64}, **flags)

    def test_with_parts_in_training_mode_that_are_no_submodules_are_refused(self):
        inner = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.BatchNorm1d(64), torch.nn.Linear(64, 10))

        class Hiding(torch.nn.Module):
            def forward(self, x):
                return inner(x)

        self.assertIn("Sequential", self.refuses(Hiding(), "MODEL_NOT_EXPORTABLE").message)
        self.assertEqual(int(inner[1].num_batches_tracked), 0)

    def test_in_another_type_are_certified_in_float32_and_a_note_says_so(self):
        net = classifier().double()
        run = self.certify(net, images=slice(0, 1))
        self.assertIn("float64", run.notes[0])
        self.assertEqual({one.dtype for one in net.parameters()}, {torch.float64})
        self.assertTrue(net.training)

    def test_without_scores_or_for_other_images_are_refused(self):
        class Pair(torch.nn.Module):
            def forward(self, x):
                return x.flatten(1)[:, :10], x

        self.refuses(Pair(), "MODEL_OUTPUT_UNSUPPORTED")
        self.refuses(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 1)), "MODEL_OUTPUT_UNSUPPORTED")
        self.assertIn("[1, 8, 8]", self.refuses(torch.nn.Linear(63, 10), "MODEL_DATA_MISMATCH").message)

    def test_that_cannot_be_exported_are_refused_with_the_reason(self):
        self.refuses(Eigen(), "MODEL_NOT_EXPORTABLE")

    def test_the_older_exporter_is_asked_for_where_there_are_two(self):
        exporter = torch.onnx.export
        asked = []

        def of_two(model, args, f, *, dynamo=True, **options):
            asked.append(dynamo)
            return exporter(model, args, f, **options)

        def without_onnx(model, args, f, *, dynamo=True, **options):
            raise RuntimeError("Module onnx is not installed!")

        x, _ = digits(COUNT)
        values = x / 255
        with mock.patch("torch.onnx.export", of_two):
            self.assertEqual(export_module(classifier(), values, x).scores.shape, (COUNT, 10))
        self.assertEqual(asked, [False])
        with mock.patch("torch.onnx.export", without_onnx):
            self.assertIn("pip install onnx", self.refused("PACKAGE_MISSING", export_module, classifier(), values, x).remedy)

    def test_an_error_that_is_kept_does_not_spoil_later_exports(self):
        x, _ = digits(COUNT)
        values = x / 255
        kept = self.refused("MODEL_NOT_EXPORTABLE", export_module, Eigen(), values, x)
        for _ in range(3):
            export_module(classifier(), values, x)
        self.assertIn("eig", kept.message)

    def test_what_is_no_model_is_refused(self):
        self.refuses(object(), "MODEL_UNREADABLE")
        self.refuses(b"no onnx", "MODEL_UNREADABLE")

    def test_features_of_any_size_are_compared_too(self):
        torch.manual_seed(4)
        net = torch.nn.Linear(5, 3)
        for size in (1e-4, 3e3):
            with self.subTest(size):
                rng = np.random.default_rng(5)
                x = size * rng.normal(size=(4, 5))
                with torch.no_grad():
                    net.weight.copy_(torch.randn(3, 5) / size)
                check = sc.check(net, x, sigma=size / 10, features=True)
                self.assertTrue(check.report["given"]["images"] == 4)


@needs("sklearn")
class Classifiers(TestCase):
    def test_without_the_converter_say_what_to_install(self):
        from sklearn.linear_model import LogisticRegression

        x, y = digits(50)
        rows = x.reshape(50, -1) / 255
        unfit = self.refused("MODEL_OUTPUT_UNSUPPORTED", sc.check, LogisticRegression(), rows)
        self.assertIn("fit", unfit.remedy)
        named = LogisticRegression(max_iter=500).fit(rows, np.array(list("abcdefghij"))[y])
        self.refused("MODEL_OUTPUT_UNSUPPORTED", sc.check, named, rows)
        fitted = LogisticRegression(max_iter=500).fit(rows, y)
        if not self.converter():
            error = self.refused("PACKAGE_MISSING", sc.check, fitted, rows, y)
            self.assertIn("pip install skl2onnx", error.remedy)
        else:
            self.assertGreater(sc.check(fitted, rows, y).accuracy, 0.9)

    @staticmethod
    def converter():
        import importlib.util

        return importlib.util.find_spec("skl2onnx") is not None


if __name__ == "__main__":
    unittest.main()
