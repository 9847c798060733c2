"""Errors of calls as SmoothcertErrors: in the words of the server where it has some, else in words for its status."""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

from .._errors import SmoothcertError
from . import messages

#: The trailer that holds google.rpc.Status.
DETAILS_KEY = "grpc-status-details-bin"
#: A call that ends so may be made again: nothing answers, or a server goes down.
_UNREACHABLE = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "INTERNAL", "ABORTED"})
_REFUSED = frozenset({"UNAUTHENTICATED", "PERMISSION_DENIED"})


def error_of_status(status: Any, names: Optional[Mapping[str, str]] = None) -> Optional[SmoothcertError]:
    """Returns the error that a google.rpc.Status describes; None if it has no reason of smoothcert's.

    Parameters
    ----------
    status : google.rpc.Status
    names : mapping, optional
        The argument of this package for each field of a request, by its path.
    """
    info = _detail(status, "google.rpc.ErrorInfo")
    if info is None or info.domain != "smoothcert" or not re.fullmatch("[A-Z][A-Z_]*", info.reason):
        return None
    message = status.message
    bad = _detail(status, "google.rpc.BadRequest")
    if info.reason == "REQUEST_INVALID" and bad is not None and bad.field_violations:
        fault = bad.field_violations[0]
        message = f"{_argument(fault.field, names or {})} {fault.description}."
    return SmoothcertError(info.reason, one_line(message), one_line(info.metadata.get("remedy", "")))


def error_of_call(error: Any, address: str, names: Optional[Mapping[str, str]] = None) -> SmoothcertError:
    """Returns the error of a call that failed.

    Parameters
    ----------
    error : grpc.RpcError
    address : str
        ``host:port``, for the sentence.
    names : mapping, optional
        As of `error_of_status`.
    """
    for key, value in error.trailing_metadata() or ():
        if key != DETAILS_KEY:
            continue
        try:
            status = messages.message("google.rpc.Status").FromString(value)
        except ValueError:  # protobuf's DecodeError is one
            continue
        found = error_of_status(status, names)
        if found is not None:
            return found
    return _by_name(error.code().name, one_line(error.details() or ""), address)


def _by_name(name: str, said: str, address: str) -> SmoothcertError:
    """Returns the error of a status without our details: of gRPC itself, of something between, or of another server."""
    if name in _UNREACHABLE:
        return SmoothcertError(
            "SERVER_UNREACHABLE",
            f"No server answers at {address} ({said.rstrip('. ')}).",
            "Start one (smoothcert serve), or name another with server=; a server with TLS needs tls=True, or tls= the "
            "PEM file of its authority where that is your own.",
        )
    if name in _REFUSED:
        return SmoothcertError(
            "UNAUTHENTICATED", f"The server at {address} refuses these credentials.", "Give its token with token=."
        )
    if name == "UNIMPLEMENTED":
        return SmoothcertError(
            "PROTOCOL_MISMATCH",
            f"The server at {address} does not know this call ({said.rstrip('. ')}).",
            "Check the port, and run the same version of smoothcert everywhere.",
        )
    return SmoothcertError(
        "INTERNAL",
        f"The call to {address} failed in a way that was not foreseen: {name}, {said.rstrip('. ')}.",
        "Report this. What the server has recorded is not lost.",
    )


def _detail(status: Any, name: str) -> Any:
    """Returns the first detail of this message; None if there is none that can be read."""
    for detail in status.details:
        if detail.type_url.rpartition("/")[2] != name:
            continue
        try:
            return messages.message(name).FromString(detail.value)
        except ValueError:
            return None
    return None


def _argument(field: str, names: Mapping[str, str]) -> str:
    """Returns the argument of a field, with its path behind; the path alone where no argument sets it."""
    for path, name in names.items():
        if field == path or field.startswith((f"{path}.", f"{path}[")):
            return f"{name}= ({one_line(field)})"
    return one_line(field)


def one_line(text: str) -> str:
    """Returns a text as one line without control characters: what a server says may come from anybody."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
