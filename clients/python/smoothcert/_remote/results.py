"""Takes the certificates of a job into a folder, in the files that the command writes."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from .._version import VERSION
from .canonical import storage_error
from .client import Client, malformed
from .request import write_whole
from .watch import Teller, decided_of

_COLUMNS = ("idx", "label", "predict", "radius", "correct", "time")
_APPROXIMATE = "The bound clt is a normal approximation: the radii of this job are approximate, and no certificates."
#: Sentences that readers of job.json take.
_MOST_NOTES = 16
RESULTS, TABLE, JOB = "results.jsonl", "results.tsv", "job.json"


def fetch_results(client: Client, job: Any, folder: Path, about: Dict[str, Any]) -> None:
    """Writes results.jsonl, byte for byte as the command does, results.tsv and job.json.

    Parameters
    ----------
    client : Client
    job : smoothcert.v1.Job
        One that has ended, or that draws no more.
    folder : Path
    about : dict
        What job.json says beside the job.

    Raises
    ------
    SmoothcertError
        MESSAGE_MALFORMED if the server sends other rows than it has counted; DISK_FULL, FOLDER_UNUSABLE.
    """
    described = json.loads(job.job_json, parse_float=_Written)
    if described["claim"]["bound"] == "clt":
        about = {**about, "approximate": _APPROXIMATE}
    # First, so that nothing lies here without a name.
    write_whole(folder / JOB, _pretty({"job_digest": job.job_digest, **about, "job": described}, "\n") + "\n")
    count = 0
    partial = [folder / f"{name}.tmp" for name in (RESULTS, TABLE)]
    try:
        with open(partial[0], "w", encoding="utf-8", newline="") as rows, open(
            partial[1], "w", encoding="utf-8", newline=""
        ) as table:
            for row in client.certificates(job.id):
                _check(row)
                if count == 0:
                    table.write(_header(described, row.tsv))
                rows.write(f"{row.json}\n")
                table.write(f"{row.tsv}\n")
                count += 1
            if count == 0:
                table.write(_header(described, ""))
            for file in (rows, table):
                file.flush()
                os.fsync(file.fileno())
        if count != decided_of(job.progress):
            raise malformed(f"The server sent {count} of the {decided_of(job.progress)} certificates of {job.id}.")
        # The table first: results.jsonl says that all is there.
        os.replace(partial[1], folder / TABLE)
        os.replace(partial[0], folder / RESULTS)
    except OSError as cause:
        raise storage_error(cause, folder) from cause
    finally:
        for file_left in partial:
            file_left.unlink(missing_ok=True)


def tell_results(folder: Path, on_news: Callable[[Dict[str, Any]], None], teller: Teller) -> None:
    """Tells the rows of a folder, in the order of its images, and that the run has ended."""
    content = json.loads((folder / JOB).read_text(encoding="utf-8"))
    job = content["job"]
    bounds = job["claim"]["images"]
    images = len(range(bounds["start"], bounds["stop"], bounds["step"]))
    teller.begin(content["job_digest"], job["draw"]["seed"], images)
    counts = {"certified": 0, "abstained": 0, "failed": 0, "approximate": 0, "predicted": 0}
    samples = 0
    with open(folder / RESULTS, encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            counts[row["outcome"]] += 1
            samples += row["samples"]
            on_news({"news": "image", "row": row})
    decided = {"images": images, "decided": sum(counts.values()), **counts, "samples": samples}
    summary = {"out": str(folder), "notes": content["notes"], **decided}
    on_news({"news": "ended", "done": True, "summary": summary})


def about_job(
    job: Any, model: str, read: Dict[str, Any], classes: Optional[List[str]], notes: List[str]
) -> Dict[str, Any]:
    """Returns what job.json says beside a job that a server ran.

    Parameters
    ----------
    job : smoothcert.v1.Job
    model : str
        The file, as it was given.
    read : dict
        How the data were read: `data`, `labels`, `features`, `clip`, `bgr`.
    classes : list of str, optional
        Names of the classes; None: there are none.
    notes : list of str
        Sentences that were told.
    """
    same = json.loads(job.job_json)["draw"]["numeric"] == "same"
    repeating = (
        "With the version that drew it, device class and seed, every run of this job writes the same results.jsonl, byte for byte."
        if same
        else "Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties."
    )
    return {
        "smoothcert": VERSION,
        # The place of the version of Node.js, which took no part on this side.
        "node": f"Python {platform.python_version()}",
        "model": model,
        "data": read["data"],
        "name": job.spec.names.job or None,
        "classes": classes,
        "input": read,
        "repeating": repeating,
        "notes": notes[:_MOST_NOTES],
    }


class _Written(str):
    """A number as it is written: Python would write 0.00001 otherwise than JavaScript, which reads it again."""


def _pretty(value: Any, line: str) -> str:
    """Returns a value as JavaScript's JSON.stringify(value, null, 2) writes it; `line` begins a line of the value around it."""
    inner = line + "  "
    if isinstance(value, dict) and value:
        pairs = (f"{inner}{json.dumps(key)}: {_pretty(one, inner)}" for key, one in value.items())
        return "{" + ",".join(pairs) + line + "}"
    if isinstance(value, list) and value:
        return "[" + ",".join(inner + _pretty(one, inner) for one in value) + line + "]"
    return value if isinstance(value, _Written) else json.dumps(value, ensure_ascii=False)


def _check(row: Any) -> None:
    """Raises MESSAGE_MALFORMED if a line of results.jsonl is none, or contradicts the message around it."""
    try:
        read = json.loads(row.json)
        same = read["image"] == row.image and read["samples"] == row.samples and "\n" not in row.json + row.tsv
    except (ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise malformed(f"The certificate of image {row.image} contradicts itself.")


def _header(job: Any, first: str) -> str:
    """Returns the first line of results.tsv."""
    columns = list(_COLUMNS)
    if job["claim"]["stop"]["kind"] == "predict":
        columns.remove("radius")
    elif job["claim"]["bound"] == "clt":
        # No script that wants a radius takes an approximation for a certificate.
        columns[3] = "approximate_radius"
        columns.append("note")
    if first.count("\t") + 1 > len(columns):
        columns += ["file", "class_name"]
    return "\t".join(columns) + "\n"
