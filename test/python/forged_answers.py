"""Takes the honest answers of a server, forges each in turn, and prints what Python says of each forgery, a JSON object a line."""

import copy
import json
import sys
import tempfile
import types
from pathlib import Path

from smoothcert import SmoothcertError
from smoothcert._inputs import Inputs
from smoothcert._remote import messages
from smoothcert._remote.client import Client
from smoothcert._remote.described import described_of
from smoothcert._remote.job_text import digest_of_job, number_text
from smoothcert._remote.result_rows import Expected, line_of, row_of
from smoothcert._server import _prepare

#: Another value for a part of the job, by its path.
JOBS = {
    "draw.modelDigest": "00" * 32,
    "draw.dataDigest": "00" * 32,
    "draw.noise.kind": "uniform",
    "draw.noise.scale": 1.0,
    "draw.seed": "8",
    "draw.normalisation.std": [2],
    "draw.classes": 0,
    "draw.layout": "\x1b]0;x\x07",
    "claim.alpha": 0.25,
    "claim.bound": "clt",
    "claim.stop.minGain": 0.5,
    "claim.looks": [64, 4096],
    "claim.images.stop": 2000,
    "claim.runnerUp": True,
    "claim.simultaneous": True,
    "claim.colour": 1,
    "draw": None,
}
#: Another value for a part of a certified row. The message around it says the same.
ROWS = {
    "image": 1000,
    "label": 3,
    "class": 10,
    "radius": float("inf"),
    "radius ": -0.5,
    "radius  ": "9",
    "outcome": "abstained",
    "outcome ": "predicted",
    "correct": None,
    "alpha": 0.5,
    "bound": "clt",
    "samples": 99999,
    "norm": "l1",
    "delta_upper": None,
    "p_lower": "\x1b]0;x\x07",
    "proved_by": None,
    "class_name": "other",
    "file": "../x",
    "target": "9.5",
    "runner_up": None,
    "approximate_radius": 9.5,
    "colour": 1,
    "stop": None,
}


def tell(**what):
    print(json.dumps({"news": "forgery", **what}), flush=True)


def said(name, call):
    try:
        call()
        tell(name=name, code=None)
    except SmoothcertError as error:
        tell(name=name, code=error.code, printable=str(error).replace("\n", "").isprintable())


def changed(value, path, new):
    whole = copy.deepcopy(value)
    *outer, last = path.split(".")
    inner = whole
    for part in outer:
        inner = inner[part]
    inner[last] = new
    return whole


def main():
    asked_for = json.loads(sys.argv[1])
    out = Path(asked_for["out"])
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(Path(asked_for["model"]), Path(asked_for["data"]))
        asked = _prepare(inputs, asked_for["sigma"], asked_for["flags"], Path(folder))
    about = json.loads((out / "job.json").read_text())
    job = messages.message("smoothcert.v1.Job")(id="j-1", spec=asked.spec, job_digest=about["job_digest"])
    job.job_json = json.dumps(about["job"])
    tell(name="honest", same=described_of(asked.spec, job) == about["job"])

    for path, new in JOBS.items():
        forged = changed(about["job"], path, new)
        job.job_json, job.job_digest = json.dumps(forged), digest_of_job(forged)
        said(path, lambda: described_of(asked.spec, job))
    job.job_json, job.job_digest = json.dumps(about["job"]), "not a digest"
    said("digest", lambda: described_of(asked.spec, job))
    job.job_json = '{"draw":{},"draw":{}}'
    said("twice", lambda: described_of(asked.spec, job))

    expected = Expected(about["job"], asked.labels, asked.classes)
    lines = (out / "results.jsonl").read_text().splitlines()
    table = (out / "results.tsv").read_text().splitlines()[1:]

    def message_of(row, tsv):
        fields = {"image": row["image"], "samples": row["samples"], "json": json.dumps(row), "tsv": tsv}
        sent = messages.message("smoothcert.v1.StreamCertificatesResponse")(**fields)
        sent.outcome = messages.enum_value(sent, "outcome", f"OUTCOME_{row['outcome'].upper()}") if row["outcome"] != "predicted" else 5
        return sent

    rows = [(json.loads(line), tsv) for line, tsv in zip(lines, table)]
    same = all(line_of(row_of(message_of(row, tsv), expected), message_of(row, tsv), expected) == tsv for row, tsv in rows)
    tell(name="honest rows", same=same, rows=len(rows))
    row, tsv = next((row, tsv) for row, tsv in rows if row["outcome"] == "certified" and row["label"] != 3)
    for name, new in ROWS.items():
        said(f"row.{name}", lambda: row_of(message_of({**row, name.strip(): new}, tsv), expected))
    hostile = message_of(row, "\x1b]0;x\x07\t" + tsv)
    said("table", lambda: line_of(row_of(hostile, expected), hostile, expected))

    for job_id in ("\x1b]0;x\x07", "../x", ""):
        answer = types.SimpleNamespace(job=messages.message("smoothcert.v1.Job")(id=job_id))
        connection = types.SimpleNamespace(address="h:1", call=lambda name, **_: answer)
        patience = types.SimpleNamespace(answered=lambda: None)
        said(f"id {job_id!r}", lambda: Client(connection, patience).create_job(asked.spec, "r"))
    numbers = [0.1, 1e21, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308, 100, -0.5, 1e20, 0.000001, 2.5e-6, -0.0]
    tell(name="numbers", values=[number_text(value) for value in numbers])


if __name__ == "__main__":
    main()
