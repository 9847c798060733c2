"""Takes the certificates of a job into a folder, in the files that the command writes."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

from .._job_facts import image_range
from .._version import VERSION
from .canonical import storage_error
from .client import Client, malformed
from .described import Described
from .job_text import pretty
from .result_rows import Expected, header_of, line_of, row_of
from .summary import summary_of_rows
from .watch import Teller, decided_of
from .whole_file import WholeFile, write_whole

_APPROXIMATE = "The bound clt is a normal approximation: the radii of this job are approximate, and no certificates."
#: Sentences that readers of job.json take.
_MOST_NOTES = 16
RESULTS, TABLE, JOB = "results.jsonl", "results.tsv", "job.json"


def fetch_results(client: Client, job: Any, folder: Path, about: Dict[str, Any], expected: Expected) -> None:
    """Writes results.jsonl, byte for byte as the command does, results.tsv and job.json.

    Parameters
    ----------
    client : Client
    job : smoothcert.v1.Job
        One that has ended, or that draws no more.
    folder : Path
    about : dict
        What job.json says beside the job.
    expected : Expected
        What is known of its rows.

    Raises
    ------
    SmoothcertError
        MESSAGE_MALFORMED if the server sends other rows than it has counted, or rows that are none of the job; DISK_FULL,
        FOLDER_UNUSABLE.
    """
    if expected.approximates:
        about = {**about, "approximate": _APPROXIMATE}
    # First, so that nothing lies here without a name.
    write_whole(folder / JOB, pretty({"job_digest": job.job_digest, **about, "job": expected.described}) + "\n")
    count = 0
    try:
        with WholeFile(folder / RESULTS) as rows, WholeFile(folder / TABLE) as table:
            table.write(header_of(expected) + "\n")
            for message in client.certificates(job.id):
                row = row_of(message, expected)
                rows.write(f"{message.json}\n")
                table.write(f"{line_of(row, message, expected)}\n")
                count += 1
            if count != decided_of(job.progress):
                raise malformed(f"The server sent {count} of the {decided_of(job.progress)} certificates of {job.id}.")
            # The table first: results.jsonl says that all is there.
            table.publish()
            rows.publish()
    except OSError as cause:
        raise storage_error(cause, folder) from cause


def tell_results(folder: Path, on_news: Callable[[Dict[str, Any]], None], teller: Teller) -> None:
    """Tells the rows of a folder, in the order of its images, and that the run has ended."""
    content = json.loads((folder / JOB).read_text(encoding="utf-8"))
    job = content["job"]
    teller.begin(content["job_digest"], job["draw"]["seed"], len(image_range(job)))

    def told() -> Iterator[Dict[str, Any]]:
        with open(folder / RESULTS, encoding="utf-8") as rows:
            for line in rows:
                row = json.loads(line)
                on_news({"news": "image", "row": row})
                yield row

    summary = {"out": str(folder), "notes": content["notes"], **summary_of_rows(job, told())}
    on_news({"news": "ended", "done": True, "summary": summary})


def about_job(
    described: Described, model: str, read: Dict[str, Any], name: Optional[str], classes: Optional[List[str]], notes: List[str]
) -> Dict[str, Any]:
    """Returns what job.json says beside a job that a server ran.

    Parameters
    ----------
    described : dict
        The job, checked.
    model : str
        The file, as it was given.
    read : dict
        How the data were read: `data`, `labels`, `features`, `clip`, `bgr`.
    name : str, optional
        The name that its user gave it.
    classes : list of str, optional
        Names of the classes; None: there are none.
    notes : list of str
        Sentences that were told.
    """
    same = described["draw"]["numeric"] == "same"
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
        "name": name,
        "classes": classes,
        "input": read,
        "repeating": repeating,
        "notes": notes[:_MOST_NOTES],
    }
