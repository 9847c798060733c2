"""Makes the job of a request, or finds it again, and keeps with its folder what became of it."""

from __future__ import annotations

from typing import Any, Callable

from .._errors import SmoothcertError
from .client import Client
from .patience import is_passing
from .request import Request
from .spec import ARGUMENTS, differences
from .status import error_of_status, one_line

#: An audit found that the model votes otherwise for the same samples.
_REFUTED = "MODEL_NOT_DETERMINISTIC"


def begin(client: Client, spec: Any, request: Request, send: Callable[[], None]) -> None:
    """Makes the job, or finds the one that the folder has already: no job is made in its place.

    Parameters
    ----------
    client : Client
    spec : smoothcert.v1.JobSpec
        What is asked for.
    request : Request
        It keeps the id of the job.
    send : callable
        Sends the files that the spec names; it is called before a job is made.

    Raises
    ------
    SmoothcertError
        PROTOCOL_MISMATCH if the job is not what was asked for; JOB_DIFFERS if the server does not know the job of the folder.
    """
    if request.job is None:
        send()
        job = _create(client, spec, request)
    else:
        job = _kept(client, request)
    found = differences(spec, job.spec)
    if found:
        raise SmoothcertError(
            "PROTOCOL_MISMATCH",
            f"The server made another job, {job.id}, than was asked for: {one_line('; '.join(found))}.",
            f"End it (smoothcert cancel {job.id}), unless it is wanted. Run the same version of smoothcert on the server and here.",
        )
    request.job = job.id
    request.save()


def _create(client: Client, spec: Any, request: Request) -> Any:
    """Makes the job, or finds the one that the same request made. The name of the request is kept before it is sent."""
    request.save()
    try:
        return client.create_job(spec, request.request_id)
    except SmoothcertError as error:
        # A refusal made no job; without an answer there may be one.
        if not is_passing(error):
            request.forget()
        raise


def _kept(client: Client, request: Request) -> Any:
    """Returns the job of a request that had an answer before. Raises JOB_DIFFERS where the server does not know it, or as another one."""
    try:
        job = client.get_job(request.job or "")
    except SmoothcertError as error:
        if error.code != "JOB_NOT_FOUND":
            raise
        job = None
    if job is not None and job.request_id == request.request_id:
        return job
    raise SmoothcertError(
        "JOB_DIFFERS",
        f"{request.folder} holds the job {request.job} of {request.server}, which {client.address} does not know as this one.",
        f"Give server={request.server!r} to see it again, or choose another folder with out=.",
    )


def error_of_end(request: Request, job: Any) -> SmoothcertError:
    """Returns the error of a job that failed, and notes what the same call does then."""
    said = error_of_status(job.error, ARGUMENTS)
    error = SmoothcertError("INTERNAL", one_line(job.error.message), "Report this.") if said is None else said
    if error.code == _REFUTED:
        # To draw again would be to draw until no audit finds a difference.
        request.refuted = error
        request.save()
    else:
        # The same call asks anew, once the cause is gone.
        request.forget()
    return error
