"""Keeps with a folder what was asked for into it: by that the same call is the same job, also after a crash."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from .._errors import SmoothcertError
from .canonical import storage_error
from .whole_file import write_whole

FILE = "request.json"
#: Files of a job that is in a folder without having been asked for by this package.
_FOREIGN = ("job.json", "ledger", "results.jsonl")


@dataclass
class Request:
    """A request, as ``request.json`` of a folder keeps it.

    Attributes
    ----------
    folder : Path
    request_id : str
        The name of the request: a server makes one job of it, however often it is sent.
    spec : dict
        What is asked for, as protobuf's JSON.
    job : str, optional
        The id of the job; None: the server has not answered yet.
    done : bool
        The job has ended, and its results are in the folder.
    server : str
        ``host:port`` of the server that was asked.
    refuted : SmoothcertError, optional
        An audit has refuted the job: drawing again would be drawing until nothing is refuted.
    """

    folder: Path
    request_id: str
    spec: Any
    server: str
    job: Optional[str] = None
    done: bool = False
    refuted: Optional[SmoothcertError] = None

    def save(self) -> None:
        """Writes the file, whole or not at all. Raises DISK_FULL or FOLDER_UNUSABLE."""
        refuted = self.refuted and {"code": self.refuted.code, "message": self.refuted.message, "remedy": self.refuted.remedy}
        known = {"request_id": self.request_id, "server": self.server, "job": self.job, "done": self.done}
        content = {**known, "refuted": refuted, "spec": self.spec}
        write_whole(self.folder / FILE, json.dumps(content, indent=2) + "\n")

    def forget(self) -> None:
        """Removes the file: the same call asks anew."""
        (self.folder / FILE).unlink(missing_ok=True)


def open_request(folder: Path, spec: Any, request_id: Optional[str], server: str) -> Request:
    """Returns the request that a folder keeps, if it asks for the same, else a new one for an empty folder.

    Parameters
    ----------
    folder : Path
        It is there, and locked.
    spec : dict
        What is asked for, as protobuf's JSON.
    request_id : str, optional
        A name for a new request; None: one is drawn.
    server : str
        ``host:port`` of the server that is asked. A job that it gave an id may be met through another one of its cluster.

    Raises
    ------
    SmoothcertError
        JOB_DIFFERS if the folder holds another job, or may have one on another server; the error of a job that was refuted;
        FOLDER_UNUSABLE, DISK_FULL.
    """
    kept = read_request(folder)
    if kept is None:
        return _new(folder, spec, request_id, server)
    other = sorted(_differences(kept.spec, spec, ""))
    if other or request_id not in (None, kept.request_id):
        raise SmoothcertError(
            "JOB_DIFFERS",
            f"{folder} holds another job; what differs: {', '.join(other) or 'request_id'}.",
            "Give the same values to resume it, or choose another folder with out=.",
        )
    if kept.refuted is not None:
        raise kept.refuted
    if kept.job is None and kept.server != server:
        raise SmoothcertError(
            "JOB_DIFFERS",
            f"{folder} was asked for from {kept.server}, which may have made the job: it did not answer.",
            f"Give server={kept.server!r} to see it again, or choose another folder with out=.",
        )
    return kept


def read_request(folder: Path) -> Optional[Request]:
    """Returns the request that a folder keeps; None if it keeps none. Raises JOB_FILE_DAMAGED, FOLDER_UNUSABLE."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        refuted = content["refuted"] and SmoothcertError(**content["refuted"])
        known = (content["request_id"], content["spec"], content["server"], content["job"], content["done"])
        return Request(folder, *known, refuted)
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise storage_error(cause, folder) from cause
    except (ValueError, KeyError, TypeError) as cause:
        raise SmoothcertError(
            "JOB_FILE_DAMAGED", f"{folder / FILE} is not what smoothcert wrote.", "Choose a new folder with out=."
        ) from cause


def _new(folder: Path, spec: Any, request_id: Optional[str], server: str) -> Request:
    found = [name for name in _FOREIGN if (folder / name).exists()]
    if found:
        raise SmoothcertError(
            "JOB_DIFFERS",
            f"{folder} holds {' and '.join(found)} of a job that was not asked for with server=.",
            "Choose a new folder with out=.",
        )
    return Request(folder, str(uuid.uuid4()) if request_id is None else request_id, spec, server)


def _differences(theirs: Any, ours: Any, at: str) -> list[str]:
    if theirs == ours:
        return []
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return [f"{at} ({_shown(theirs)} there, {_shown(ours)} here)"]
    keys = {*theirs, *ours} - ({"names"} if at == "" else set())
    return [one for key in keys for one in _differences(theirs.get(key), ours.get(key), f"{at}.{key}".lstrip("."))]


def _shown(value: Any) -> str:
    return "not given" if value is None else str(value)
