"""The calls of a client to a server. It waits for one that is away: every call may be made twice without harm."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterator

from .._errors import SmoothcertError
from . import messages
from .connection import Connection
from .model_files import File
from .patience import Patience
from .status import one_line

#: States that a job never leaves.
FINAL = frozenset(f"JOB_STATE_{name}" for name in ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED"))
#: The largest piece that a server takes at once.
PIECE_BYTES = 2**20
#: Characters of a wrong id that a sentence shows.
_MOST_SHOWN = 80


class Client:
    """Calls to one server, each made again while the server is away.

    Parameters
    ----------
    connection : Connection
        It is closed with the client.
    patience : Patience
    """

    def __init__(self, connection: Connection, patience: Patience) -> None:
        self._connection = connection
        self._patience = patience

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    @property
    def address(self) -> str:
        """``host:port`` of the server."""
        return self._connection.address

    def create_job(self, spec: Any, request_id: str) -> Any:
        """Returns the Job of this request: a new one, or the one that the same request made before."""
        return _named(self._call("CreateJob", spec=spec, request_id=request_id).job)

    def get_job(self, job: str) -> Any:
        """Returns a job as it is now. Raises JOB_NOT_FOUND."""
        return _of(job, self._call("GetJob", id=job).job)

    def cancel_job(self, job: str) -> Any:
        """Asks to end a job, and returns it as it then is."""
        return _of(job, self._call("CancelJob", id=job).job)

    def watch(self, job: str) -> Iterator[Any]:
        """Yields WatchJobResponses until the job has ended, across restarts of the server; the last one says how it ended."""
        after = 0
        while True:
            try:
                for news in self._connection.stream("WatchJob", id=job, after_sequence=after):
                    self._patience.answered()
                    _of(job, news.job)
                    after = news.sequence
                    yield news
                    if messages.enum_name(news.job, "state") in FINAL:
                        return
                # A server that shuts down ends its streams; what it knew by then is no end of the job.
                raise SmoothcertError(
                    "SERVER_UNREACHABLE",
                    f"The server at {self.address} ended the watch before the job has ended.",
                    "The job goes on; the same call shows it again.",
                )
            except SmoothcertError as error:
                self._patience.wait_or_raise(error)

    def certificates(self, job: str) -> Iterator[Any]:
        """Yields a StreamCertificatesResponse for each decided image, in their order, each once, across restarts of the server."""
        following = 0
        while True:
            try:
                for row in self._connection.stream("StreamCertificates", id=job, from_image=following):
                    self._patience.answered()
                    if row.image < following:
                        raise malformed(f"The certificates of {job} are out of order at image {row.image}.")
                    following = row.image + 1
                    yield row
                return
            except SmoothcertError as error:
                self._patience.wait_or_raise(error)

    def upload(self, file: File, on_sent: Callable[[int, int], None]) -> None:
        """Sends what the server lacks of a file.

        Parameters
        ----------
        file : File
        on_sent : callable
            Is told how many bytes of it the server has or will have, and how many there are.
        """
        # Of its own: that the server answers is not enough, bytes must arrive.
        patience = self._patience.again()
        size = file.path.stat().st_size
        before = 0
        while True:
            there = self._call("GetArtifact", digest=file.digest)
            if there.complete:
                on_sent(size, size)
                return
            if there.received_bytes > before:
                patience.answered()
            before = there.received_bytes
            try:
                self._connection.send("PutArtifact", _steps(file, size, min(before, size), on_sent))
                return
            except SmoothcertError as error:
                patience.wait_or_raise(error)

    def _call(self, name: str, **fields: Any) -> Any:
        while True:
            try:
                answer = self._connection.call(name, **fields)
                self._patience.answered()
                return answer
            except SmoothcertError as error:
                self._patience.wait_or_raise(error)


def _steps(file: File, size: int, offset: int, on_sent: Callable[[int, int], None]) -> Iterator[Any]:
    request = messages.message("smoothcert.v1.PutArtifactRequest")
    first = request()
    upload = first.upload
    upload.offset = offset
    upload.artifact.digest = file.digest
    upload.artifact.kind = messages.enum_value(upload.artifact, "kind", f"ARTIFACT_KIND_{file.kind}")
    upload.artifact.bytes = size
    yield first
    with open(file.path, "rb") as content:
        content.seek(offset)
        sent = offset
        while True:
            piece = content.read(PIECE_BYTES)
            if not piece:
                return
            yield request(piece=piece)
            sent += len(piece)
            on_sent(sent, size)


def _named(job: Any) -> Any:
    """Returns a job whose id is safe in sentences, in calls and as the name of a file. Raises MESSAGE_MALFORMED for another one."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,64}", job.id, re.ASCII):
        return job
    raise malformed(f"The server calls a job {one_line(job.id)[:_MOST_SHOWN]!r}, which is no id.")


def _of(asked: str, job: Any) -> Any:
    """Returns a job if it is the one that was asked for. Raises MESSAGE_MALFORMED for another one."""
    if _named(job).id == asked:
        return job
    raise malformed(f"The server was asked for the job {asked} and answered with {job.id}.")


def malformed(message: str) -> SmoothcertError:
    """Returns the error of an answer that contradicts itself."""
    return SmoothcertError("MESSAGE_MALFORMED", message, "Run the same version of smoothcert everywhere.")
