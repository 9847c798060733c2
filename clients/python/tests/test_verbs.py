"""check, predict, plan, study, verify and report, on models and arrays."""

import json
import unittest

import numpy as np

from .support import MODEL, QUICK, TestCase, digits, sc

FIXED = {**QUICK, "stop": "fixed", "keep_counts": True, "n0": 20, "max_samples": 200}


class Verbs(TestCase):
    def test_check_finds_the_wrong_units_and_nothing_else(self):
        x, y = digits(40)
        right = sc.check(MODEL, x, y)
        self.assertTrue(right)
        self.assertIn("Nothing speaks against these arguments.", str(right))
        self.assertIn("normalize=(0.5, 0.5)", str(right))
        self.assertRegex(str(right), rf"as given +{int(100 * right.accuracy + 1e-9)} %")
        self.assertIn("normalize=(0.5, 0.5)", right._repr_html_())
        self.assertGreater(right.accuracy, 0.9)
        wrong = sc.check(MODEL, x, y, normalize=(0.9, 0.01), sigma=0.1)
        self.assertFalse(wrong)
        self.assertEqual(wrong.findings[0].kind, "better")
        self.assertIn(wrong.findings[0].remedy, str(wrong))
        self.refused("CHECK_FAILED", sc.check, MODEL, x, y, normalize=(0.9, 0.01), sigma=0.1, strict=True)

    def test_predict_gives_classes_and_no_radii(self):
        x, y = digits(6)
        run = sc.predict(MODEL, x, y, sigma=0.25, out=self.folder / "out", **QUICK)
        self.assertEqual(set(run.outcome), {"predicted"})
        self.assertEqual(run.accuracy(), np.mean(run.predicted == y))
        self.assertEqual(run.accuracy(), run.summary["accuracy"])
        for ask in (run.acr, run.plot, lambda: run.certified_accuracy(0)):
            self.refused("NO_RADII", ask)
        self.assertIn("<td>6</td>", run._repr_html_())
        self.refused("OPTION_INVALID", sc.predict, MODEL, x, y, sigma=[0.25, 0.5], **QUICK)

    def test_results_are_verified_planned_from_studied_and_reported(self):
        x, y = digits(6)
        run = sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "out", **FIXED)
        self.assertTrue(sc.verify(run)["holds"])
        self.assertTrue(sc.verify(run, MODEL, x, y, shards=3)["holds"])

        plan = sc.plan(from_=run, samples=[100, 1000], alpha=0.01, out=self.folder / "plan")
        self.assertEqual(plan, json.loads((self.folder / "plan" / "plan.json").read_text()))
        self.assertEqual((plan["source"]["images"], plan["source"]["sigma"]), (6, 0.25))

        study = sc.study(from_=run, out=self.folder / "study")
        self.assertEqual(study, json.loads((self.folder / "study" / "study.json").read_text()))

        report = sc.report(run)
        self.assertEqual(report, run.folder / "report.html")
        # It has pictures: of the images that were given as arrays.
        self.assertIn("image/png", report.read_text())
        self.refused("OPTION_INVALID", sc.report)

        table = self.folder / "edited.tsv"
        lines = run.to_tsv(table).read_text().splitlines()
        cells = lines[1].split("\t")
        cells[4] = "0" if cells[4] == "1" else "1"
        table.write_text("\n".join([lines[0], "\t".join(cells), *lines[2:]]) + "\n")
        found = sc.verify(table, sigma=0.25, samples=200)
        self.assertEqual((found["holds"], found["found"] > 0), (False, True))

    def test_folders_of_several_sigma_are_verified_and_reported(self):
        x, y = digits(3)
        out = self.folder / "runs"
        runs = sc.certify(MODEL, x, y, sigma=[0.25, 0.5], out=out, **QUICK)
        for results in (out, str(out), runs):
            found = sc.verify(results)
            self.assertEqual((found["holds"], len(found["jobs"])), (True, 2))
        self.assertTrue(sc.report(out, out=self.folder / "both.html").is_file())
        self.assertIn("0.25, 0.5", str(self.no_sigma(runs)))
        for call in (lambda: sc.study(MODEL, x, y, sigma=0.25), lambda: sc.plan(MODEL, x, y, sigma=0.25)):
            self.assertIn("out=", self.refused("OPTION_INVALID", call).remedy)

    def no_sigma(self, runs):
        with self.assertRaises(KeyError) as caught:
            runs[0.3]
        return caught.exception

    def test_a_study_and_a_pilot_draw_on_arrays(self):
        x, y = digits(4)
        flags = {"processes": 1, "no_check": True, "seed": 3}
        study = sc.study(MODEL, x, y, sigma=[0.25], out=self.folder / "study", max_samples=100, **flags)
        self.assertEqual(study, json.loads((self.folder / "study" / "study.json").read_text()))
        plan = sc.plan(MODEL, x, y, sigma=0.25, out=self.folder / "plan", pilot_samples=100, no_check=True)
        self.assertEqual(plan["source"]["images"], 4)
        self.assertEqual(len(list((self.folder / "plan" / "inputs").iterdir())), 1)


if __name__ == "__main__":
    unittest.main()
