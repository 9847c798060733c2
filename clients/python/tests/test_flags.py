"""Flags under their own names, errors of the command as exceptions, and how the command is found."""

import contextlib
import io
import json
import os
import re
import shutil
import stat
import subprocess
import unittest
import warnings
from pathlib import Path
from unittest import mock

import numpy as np

from .support import MODEL, QUICK, ROOT, TestCase, digits, sc

from smoothcert._command import command_or_none, find_command, version_of
from smoothcert._words import in_words_of_python


class Flags(TestCase):
    def certify(self, **flags):
        x, y = digits(4)
        return sc.certify(MODEL, x, y, sigma=0.25, out=self.folder / "out", **{**QUICK, **flags})

    def test_reach_the_job_as_they_are_written(self):
        run = self.certify(stop="target", radii=[0.1, 0.2], alpha=1e-2, images=slice(1, None, 2), seed=2**64 - 1, no_check=True)
        claim = run.job["claim"]
        self.assertEqual((claim["alpha"], claim["stop"]), (0.01, {"kind": "target", "radii": ["0.1", "0.2"]}))
        self.assertEqual(run.image.tolist(), [1, 3])
        self.assertEqual(run.job["draw"]["seed"], str(2**64 - 1))
        self.refused("NO_RADII", run.acr)
        self.assertEqual(run.certified_accuracy([0.1]).tolist(), [np.mean(run.radius[run.correct] >= 0.1) * run.correct.mean()])

    def test_of_preprocessing_take_numbers_arrays_and_text(self):
        draw = self.certify(mean=np.array([0.5]), std="0.25", runner_up=True, simultaneous=False).job
        self.assertEqual(draw["draw"]["normalisation"], {"inputScale": 1, "mean": [0.5], "std": [0.25]})
        self.assertEqual((draw["claim"]["runnerUp"], "simultaneous" in draw["claim"]), (True, False))
        self.assertEqual(draw["draw"]["normalisation"], self.certify(normalize=(0.5, [0.25]), runner_up=True).job["draw"]["normalisation"])

    def test_that_are_none_name_the_nearest(self):
        error = self.refused("OPTION_INVALID", self.certify, max_sampels=5)
        self.assertIn("Did you mean max_samples?", error.remedy)
        for wrong, right in [("normalise", "normalize"), ("nomalize", "normalize"), ("ouput", "output"), ("servr", "server")]:
            error = self.refused("OPTION_INVALID", self.certify, **{wrong: 1})
            self.assertIn(f"Did you mean {right}?", error.remedy)
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            error = self.refused("OPTION_INVALID", sc.certify, MODEL, *digits(4), sigmas=[0.25], sigma=0.5)
            self.assertIn("Did you mean sigma?", error.remedy)
            self.assertIn("sigma=0.25", self.refused("OPTION_INVALID", sc.certify, MODEL, *digits(4)).remedy)
        self.assertEqual(said.getvalue(), "")
        for flags in [{"max_samples": True}, {"runner_up": 5}, {"radii": []}, {"quiet": True}, {"data": "x"}, {"mean": {}}]:
            with self.subTest(flags):
                self.refused("OPTION_INVALID", self.certify, **flags)
        self.refused("OPTION_INVALID", self.certify, normalize=(0, 1), mean=0)
        self.refused("OPTION_INVALID", self.certify, normalize=0.5)
        for sigma in ("small", [], [0.25, 0.25], None):
            with self.subTest(sigma):
                self.refused("OPTION_INVALID", sc.certify, MODEL, *digits(4), sigma=sigma, out=self.folder / "out")
        self.assertFalse((self.folder / "out").exists())

    def test_have_the_defaults_that_the_documentation_of_certify_tells(self):
        told = dict(re.findall(r"^ +- ``(\w+)=(.+?)``:", sc.certify.__doc__, re.MULTILINE))
        words = [*find_command(), "certify", f"--model={MODEL}", f"--data={MODEL}", "--sigma=1", f"--out={self.folder}", "--print-config"]
        printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        given = dict(line.split(": ", 1) for line in printed.splitlines())
        self.assertGreater(len(told), 5)
        for name, value in told.items():
            self.assertEqual(given[name.replace("_", "-")].strip('"'), value.strip('"'), name)

    def test_wrong_values_are_refused_in_the_words_of_the_command(self):
        error = self.refused("OPTION_INVALID", self.certify, alpha=2)
        self.assertIn("alpha", error.message)
        self.assertFalse((self.folder / "out").exists())

    def test_another_job_into_the_same_folder_is_refused_and_leaves_it(self):
        self.certify()
        before = {file: file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}
        self.refused("JOB_DIFFERS", self.certify, alpha=0.01)
        x, y = digits(5)
        self.refused("JOB_DIFFERS", sc.certify, MODEL, x[1:], y[1:], sigma=0.25, out=self.folder / "out", **QUICK)
        self.assertEqual({file: file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}, before)

    def test_results_without_a_folder_go_where_the_same_call_finds_them(self):
        x, y = digits(2)
        with contextlib.ExitStack() as stack:
            stack.callback(os.chdir, os.getcwd())
            os.chdir(self.folder)
            said = stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            flags = {**QUICK, "progress": None}
            first = sc.certify(MODEL, x, y, sigma=0.25, **flags)
            again = sc.certify(MODEL, x, y, sigma=0.25, **flags)
            other = sc.certify(MODEL, x, y, sigma=0.5, **flags)
        self.assertEqual((first.folder, first.rows), (again.folder, again.rows))
        self.assertNotEqual(first.folder, other.folder)
        self.assertIn(str(first.folder), said.getvalue())


class Found(TestCase):
    def script(self, name, text):
        file = self.folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    def environment(self, **values):
        return mock.patch.dict(os.environ, {name: str(value) for name, value in values.items()})

    def test_as_a_folder_a_file_or_a_command_line(self):
        main = ROOT / "dist" / "cli" / "main.js"
        wrapper = self.script("my smoothcert", f'exec node "{main}" "$@"')
        for told in (ROOT, main, wrapper, f"node '{main}'"):
            with self.subTest(told), self.environment(SMOOTHCERT=told), warnings.catch_warnings():
                warnings.simplefilter("error")
                self.assertEqual(version_of(find_command()), sc.__version__)

    def test_on_the_search_path(self):
        self.script("smoothcert", f'exec node "{ROOT}/dist/cli/main.js" "$@"')
        with self.environment(SMOOTHCERT="", PATH=f"{self.folder}{os.pathsep}{os.environ['PATH']}"):
            self.assertEqual(find_command(), (str(self.folder / "smoothcert"),))

    def npm_package(self, folder):
        main = folder / "node_modules" / "smoothcert" / "dist" / "cli" / "main.js"
        main.parent.mkdir(parents=True)
        main.write_text(f"console.log('{sc.__version__}')")
        return main

    def found_in(self, folder, find):
        """Returns the command that is found in a folder, where nothing else has one; ``None`` if it is nowhere."""
        path = os.pathsep.join(str(Path(shutil.which(name)).parent) for name in ("node", "sh"))
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.environment(SMOOTHCERT="", PATH=path))
            stack.enter_context(mock.patch("smoothcert._command._roots", lambda: iter(())))
            stack.callback(os.chdir, os.getcwd())
            os.chdir(folder)
            try:
                found = find()
            except sc.SmoothcertError as error:
                self.assertEqual(error.code, "COMMAND_NOT_FOUND")
                return None
        return found and found[-1]

    def test_among_the_npm_packages_of_this_folder_alone_and_never_to_read_results(self):
        main = self.npm_package(self.folder)
        below = self.folder / "below"
        below.mkdir()
        if shutil.which("smoothcert"):
            self.skipTest("a smoothcert is on the search path")
        self.assertEqual(self.found_in(self.folder, find_command), str(main))
        self.assertIsNone(self.found_in(below, find_command))
        self.assertIsNone(self.found_in(self.folder, command_or_none))
        for place in (main, main.parent, self.folder / "node_modules", self.folder):
            mode = place.stat().st_mode
            place.chmod(mode | stat.S_IWOTH)
            self.assertIsNone(self.found_in(self.folder, find_command), str(place))
            place.chmod(mode)
        with mock.patch("os.getuid", lambda: os.stat(main).st_uid + 1):
            expected = str(main) if os.stat(main).st_uid == 0 else None
            self.assertEqual(self.found_in(self.folder, find_command), expected)

    def test_nowhere_says_what_to_type(self):
        error = self.refused("COMMAND_NOT_FOUND", self.certify_with, SMOOTHCERT="/none/such")
        self.assertIn("/none/such", error.message)
        self.refused("COMMAND_NOT_FOUND", self.certify_with, SMOOTHCERT=self.script("ends", "echo gone >&2; exit 3"))
        self.assertFalse((self.folder / "out").exists())

    def certify_with(self, **environment):
        with self.environment(**environment):
            return sc.certify(MODEL, *digits(4), sigma=0.25, out=self.folder / "out", **QUICK)

    def test_of_another_version_is_warned_of(self):
        old = self.script("old", f'test "$1" = --version && echo 0.0.1 || exec node "{ROOT}/dist/cli/main.js" "$@"')
        with self.environment(SMOOTHCERT=old), self.assertWarnsRegex(UserWarning, "0.0.1"):
            find_command()

    def test_the_version_is_that_of_the_project(self):
        self.assertEqual(sc.__version__, json.loads((ROOT / "package.json").read_text())["version"])


class Words(TestCase):
    def test_of_the_command_are_told_in_those_of_python(self):
        for said, told in [
            ("pixels in [−1, 1]: --mean 0.5 --std 0.5", "pixels in [−1, 1]: normalize=(0.5, 0.5)"),
            ("Try --mean 0.4914,0.4822,0.4465 --std 0.2471,0.2435,0.2616.", "Try normalize=([0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616])."),
            ("Raise --max-samples.", "Raise max_samples."),
            ("Give --labels, or leave --radii out.", "Give y, or leave radii out."),
            ("Values that are no pixels: add --features.", "Values that are no pixels: add features=True."),
            ("Pixels of 0 to 255: save them as (x / 255).astype(np.float32). More.", "Pixels of 0 to 255: give x / 255. More."),
            ("give raw ones, and pass --mean and --std.", "give raw ones, and keep normalize=(mean, std)."),
            ("See smoothcert certify --help.", "See help(sc.certify)."),
            ("--layout nchw or --layout nhwc.", 'layout="nchw" or layout="nhwc".'),
            ("Add --total-samples 5000 to --stop budget.", 'Add total_samples=5000 to stop="budget".'),
        ]:
            self.assertEqual(in_words_of_python(said), told)

    def test_in_every_remedy_of_the_catalogue_of_errors_leave_no_flag(self):
        text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").split("## The service")[0]
        remedies = re.findall(r"^_What to do:_ (.*(?:\n.+)*)", text, re.MULTILINE)
        self.assertGreater(len(remedies), 20)
        for remedy in remedies:
            self.assertNotRegex(in_words_of_python(remedy), r"(?<![\w-])--[a-z]")

    def test_of_weights_alone_say_how_a_module_is_built(self):
        for model in ("net.pth", Path("net.pt"), {"0.weight": np.zeros(3)}):
            error = self.refused("MODEL_UNREADABLE", sc.certify, model, *digits(4), sigma=0.25)
            self.assertIn("load_state_dict", error.remedy)

    def test_of_labels_of_another_length_name_the_images_first(self):
        x, y = digits(4)
        error = self.refused("LABELS_MISMATCH", sc.certify, MODEL, x, y[:3], sigma=0.25)
        self.assertEqual(error.message, "x has 4 images, and y has 3 labels.")


if __name__ == "__main__":
    unittest.main()
