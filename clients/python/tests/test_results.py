"""Results are what results.tsv says, computed in another way."""

import csv
import hashlib
import html.parser
import json
import math
import tempfile
import unittest
from pathlib import Path

import numpy as np

from .support import MODEL, QUICK, TestCase, digits, needs, sc

COUNT = 12
SIGMAS = [0.25, 0.5]
RADII = [0, 0.1, 0.25, 0.4, 0.5, 0.55, 1, 2]


class Results(TestCase):
    """One call with two σ; its numbers beside those that are computed from the TSV as Cohen et al.'s analyze.py does it."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="smoothcert results ")
        cls.addClassCleanup(folder.cleanup)
        x, y = digits(COUNT)
        # Two labels are wrong, so that right and wrong certificates differ.
        cls.y = np.where(np.arange(COUNT) < 2, (y + 1) % 10, y)
        cls.out = Path(folder.name) / "out"
        cls.runs = sc.certify(str(MODEL), x, cls.y, sigma=SIGMAS, out=cls.out, **QUICK)

    def table(self, sigma):
        with open(self.out / repr(sigma) / "results.tsv", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    def test_arrays_are_the_columns_of_the_table(self):
        for run in self.runs:
            rows = self.table(run.sigmas[0])
            self.assertEqual(run.image.tolist(), [int(row["idx"]) for row in rows])
            self.assertEqual(run.label.tolist(), self.y.tolist())
            self.assertEqual(run.predicted.tolist(), [int(row["predict"]) for row in rows])
            self.assertEqual(run.correct.tolist(), [row["correct"] == "1" for row in rows])
            self.assertEqual([math.floor(1e6 * radius) for radius in run.radius], [round(1e6 * float(row["radius"])) for row in rows])
            self.assertEqual(set(run.sigma), {run.sigmas[0]})
            self.assertTrue((run.samples <= 500).all() and (run.samples >= 64).all())
            self.assertEqual(np.isnan(run.p_lower).tolist(), (run.outcome != "certified").tolist())
        both = np.concatenate([run.radius for run in self.runs])
        self.assertEqual(self.runs.radius.tolist(), both.tolist())
        self.assertEqual(self.runs.sigma.tolist(), [0.25] * COUNT + [0.5] * COUNT)

    def test_certified_accuracy_and_acr_are_those_of_the_table(self):
        for run in self.runs:
            rows = self.table(run.sigmas[0])
            for radius, share in zip(RADII, run.certified_accuracy(RADII)):
                held = sum(row["correct"] == "1" and float(row["radius"]) >= radius for row in rows)
                self.assertEqual(share, held / COUNT)
            # TSV has radii rounded down to 6 decimals.
            acr = sum(float(row["radius"]) for row in rows if row["correct"] == "1") / COUNT
            self.assertTrue(acr <= run.acr() < acr + 1e-6)
            self.assertEqual(run.acr(), run.summary["acr"])
            self.assertEqual(run.mean_radius(), run.summary["meanRadius"])
            self.assertGreater(run.mean_radius(), run.acr())
            self.assertEqual(run.accuracy(), sum(row["correct"] == "1" for row in rows) / COUNT)
        self.assertEqual(self.runs.acr(), {sigma: self.runs[sigma].acr() for sigma in SIGMAS})
        self.assertEqual(self.runs.certified_accuracy(0)[0.25].shape, ())

    @needs("matplotlib")
    def test_the_figure_is_the_certified_accuracy(self):
        import matplotlib

        matplotlib.use("Agg")
        ax = self.runs.plot()
        self.addCleanup(ax.figure.clear)
        for run, line in zip(self.runs, ax.lines):
            x, y = line.get_data()
            self.assertEqual(line.get_drawstyle(), "steps-pre")
            # Behind each corner the curve is what it falls to; at it, what it holds.
            for radius in np.concatenate([x[:-1], (x[:-1] + x[1:]) / 2]):
                drawn = y[np.searchsorted(x, radius, side="left")]
                self.assertEqual(drawn, run.certified_accuracy(radius))
            self.assertEqual((x[0], y[-1], x[-1]), (0, 0, run.radius[run.correct].max()))
        self.assertEqual([text.get_text() for text in ax.get_legend().get_texts()], ["σ = 0.25", "σ = 0.5"])
        self.assertEqual((ax.get_xlim()[0], ax.get_ylim()), (0, (0, 1)))
        self.runs[0.25].plot(ax=ax, label="again")
        self.assertEqual(len(ax.lines), 3)
        self.assertEqual(len({line.get_color() for line in ax.lines}), 3)

    @needs("matplotlib")
    def test_curves_in_one_figure_say_what_differs_or_are_refused(self):
        import matplotlib

        matplotlib.use("Agg")
        x, y = digits(3)
        flags = {**QUICK, "max_samples": 100}
        ours = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "ours", **flags)
        ax = ours.plot(label="ours")
        self.addCleanup(ax.figure.clear)
        other = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "other", alpha=0.01, stop="fixed", **flags)
        other.plot(ax=ax, label="other")
        texts = [text.get_text() for text in ax.get_legend().get_texts()]
        self.assertEqual(texts, ["ours, σ = 0.25, α = 0.001, gain", "other, σ = 0.25, α = 0.01, fixed"])
        other.plot(ax=ax)
        self.assertIn("model ", ax.get_legend().get_texts()[2].get_text())
        l1 = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "l1", noise="laplace", **flags)
        unlabelled = sc.certify(MODEL, x, sigma=0.25, out=self.folder / "unlabelled", **flags)
        for run in (l1, unlabelled):
            self.refused("OPTION_INVALID", run.plot, ax=ax)
        self.assertEqual(len(ax.lines), 3)

    @needs("pandas")
    def test_the_data_frame_and_the_table_give_the_same_shares(self):
        import pandas

        frame = self.runs.df
        self.assertEqual(len(frame), 2 * COUNT)
        for sigma, group in frame.groupby("sigma"):
            table = pandas.read_csv(self.runs[sigma].to_tsv(self.folder / "t.tsv"), delimiter="\t")
            for radius in RADII:
                theirs = (table["correct"] & (table["radius"] >= radius)).mean()
                self.assertAlmostEqual((group["correct"] & (group["radius"] >= radius)).mean(), theirs)

    def test_to_tsv_is_the_file_of_the_command(self):
        written = self.runs[0.5].to_tsv(self.folder / "cohen.tsv")
        self.assertEqual(written.read_bytes(), (self.out / "0.5" / "results.tsv").read_bytes())

    def test_to_tsv_without_the_file_has_all_but_the_time(self):
        target = self.folder / "job"
        target.mkdir()
        for name in ("job.json", "results.jsonl"):
            (target / name).write_bytes((self.out / "0.5" / name).read_bytes())
        lines = sc.load(target).to_tsv(self.folder / "cohen.tsv").read_text().splitlines()
        theirs = (self.out / "0.5" / "results.tsv").read_text().splitlines()
        self.assertEqual([line.split("\t")[:-1] for line in lines], [line.split("\t")[:-1] for line in theirs])

    def test_load_reads_one_folder_or_several(self):
        self.assertEqual(sc.load(self.out / "0.25").radius.tolist(), self.runs[0.25].radius.tolist())
        self.assertEqual(sc.load(str(self.out)).acr(), self.runs.acr())
        self.assertEqual(sc.load([self.out / "0.5", self.out / "0.25"]).sigmas, (0.25, 0.5))
        self.refused("FOLDER_UNUSABLE", sc.load, self.folder)
        self.refused("OPTION_INVALID", sc.load, [self.out / "0.5", self.out / "0.5"])

    def test_the_table_of_a_notebook_has_a_row_for_each_sigma(self):
        cells = []
        parser = html.parser.HTMLParser()
        parser.handle_data = cells.append
        parser.feed(self.runs._repr_html_())
        # Rounded down: the table claims no more than is proved.
        held = [int(round(share * COUNT)) for share in self.runs[0.5].certified_accuracy([0, 0.125, 0.25])]
        shares = [f"{math.floor(1000 * count / COUNT) / 10} %" for count in held]
        acr = f"{math.floor(10_000 * self.runs[0.5].acr()) / 10_000:.4f}"
        last = cells[cells.index("0.5") :]
        self.assertEqual(last[:5], ["0.5", "12", "12", str((self.runs[0.5].outcome == "certified").sum()), acr])
        self.assertEqual(last[5:8], shares)

    def test_an_unfinished_job_has_rows_and_no_shares(self):
        target = self.folder / "job"
        target.mkdir()
        (target / "job.json").write_bytes((self.out / "0.5" / "job.json").read_bytes())
        self.refused("RESULTS_MISSING", sc.load, target)
        lines = (self.out / "0.5" / "results.jsonl").read_text().splitlines(keepends=True)
        (target / "results.jsonl").write_text("".join(lines[:5]))
        run = sc.load(target)
        self.assertEqual((run.done, len(run.radius), run.images), (False, 5, COUNT))
        for ask in (run.acr, run.mean_radius, run.accuracy, run.plot, lambda: run.certified_accuracy(0)):
            self.refused("NOT_DONE", ask)
        (target / "results.jsonl").write_text(lines[0][:-9])
        self.refused("JOB_FILE_DAMAGED", sc.load, target)

    def copied(self, name, *files):
        target = self.folder / name
        target.mkdir()
        for file in files:
            (target / file).write_bytes((self.out / "0.5" / file).read_bytes())
        return target

    def test_load_makes_the_rows_of_the_votes_and_leaves_the_folder_alone(self):
        target = self.copied("edited", "job.json", "images.jsonl", "ledger", "results.jsonl", "results.tsv")
        for name in ("results.jsonl", "results.tsv"):
            (target / name).write_text("")
        run = sc.load(target)
        self.assertEqual((run.rows, run.summary["acr"]), (self.runs[0.5].rows, self.runs[0.5].acr()))
        self.assertEqual(run.to_tsv(self.folder / "t.tsv").read_bytes(), (self.out / "0.5" / "results.tsv").read_bytes())
        self.assertEqual((target / "results.jsonl").read_text(), "")

    def test_load_refuses_rows_and_claims_that_do_not_belong_together(self):
        target = self.copied("job", "job.json", "results.jsonl")
        rows = [json.loads(line) for line in (target / "results.jsonl").read_text().splitlines()]
        first = {**rows[0], "outcome": "certified", "class": 1}
        forged = {
            "twice": [rows[0], *rows[:-1]],
            "of another job": [{**rows[0], "image": COUNT}, *rows[1:]],
            "no object": [3, *rows[1:]],
            "too far": [{**first, "radius": 1.2}, *rows[1:]],
            "infinite": [{**first, "radius": math.inf}, *rows[1:]],
            "no radius": [{**first, "radius": math.nan}, *rows[1:]],
            "of another level": [{**rows[0], "alpha": 0.01}, *rows[1:]],
            "of another norm": [{**rows[0], "norm": "l1"}, *rows[1:]],
            "of another bound": [{**rows[0], "bound": "clt"}, *rows[1:]],
        }
        for name, lines in forged.items():
            with self.subTest(name):
                (target / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
                self.refused("JOB_FILE_DAMAGED", sc.load, target)
        one = json.dumps(rows[0])
        texts = {"nested": "[" * 100_000, "a key twice": one[:-1] + f', "radius": {rows[0]["radius"]}' + "}"}
        for name, line in texts.items():
            with self.subTest(name):
                (target / "results.jsonl").write_text(line + "\n")
                self.refused("JOB_FILE_DAMAGED", sc.load, target)
        text = "".join(json.dumps({**row, "class_name": "a\u2028b"}, ensure_ascii=False) + "\n" for row in rows)
        (target / "results.jsonl").write_text(text, encoding="utf-8")
        self.assertEqual(sc.load(target).rows[0]["class_name"], "a\u2028b")
        about = json.loads((target / "job.json").read_text())
        about["job"]["draw"]["noise"]["scale"] = 2.0
        (target / "job.json").write_text(json.dumps(about))
        self.refused("JOB_FILE_DAMAGED", sc.load, target)
        # With the right digest, too, a job must have what every job has.
        empty = {"draw": {}, "claim": {}}
        digest = hashlib.sha256(b'{"claim":{},"draw":{}}').hexdigest()
        (target / "job.json").write_text(json.dumps({"job": empty, "job_digest": digest}))
        self.refused("JOB_FILE_DAMAGED", sc.load, target)

    def test_radii_of_the_rule_target_are_decimals(self):
        x, y = digits(4)
        run = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "out", stop="target", radii=[0.1, 0.2, 0.3], **QUICK)
        shares = run.certified_accuracy([0.1, 0.2, 0.3]).tolist()
        self.assertGreater(shares[2], 0)
        for radii in (np.array([0.1, 0.2, 0.3], np.float32), np.arange(0.1, 0.35, 0.1)):
            self.assertEqual(run.certified_accuracy(radii).tolist(), shares)
        self.assertEqual(run.certified_accuracy(0.3001), 0)

    def test_of_the_bound_clt_certify_no_class(self):
        x, y = digits(3)
        run = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "out", stop="fixed", bound="clt", **QUICK)
        for ask in (run.accuracy, run.acr, lambda: run.correct, lambda: run.certified_accuracy(0)):
            self.assertIn("clt", self.refused("NO_RADII", ask).message)

    def test_without_labels_accuracies_are_errors_and_not_zeros(self):
        target = self.folder / "job"
        target.mkdir()
        (target / "job.json").write_bytes((self.out / "0.5" / "job.json").read_bytes())
        rows = [json.loads(line) for line in (self.out / "0.5" / "results.jsonl").read_text().splitlines()]
        text = "".join(json.dumps({**row, "label": None, "correct": None}) + "\n" for row in rows)
        (target / "results.jsonl").write_text(text)
        run = sc.load(target)
        for ask in (run.acr, run.accuracy, lambda: run.certified_accuracy(0), lambda: run.correct):
            self.refused("LABELS_UNKNOWN", ask)
        self.assertEqual(run.mean_radius(), self.runs[0.5].mean_radius())
        self.assertEqual(set(run.label), {-1})


if __name__ == "__main__":
    unittest.main()
