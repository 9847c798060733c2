"""A connection to one server: calls by name, errors as SmoothcertErrors. Nothing is tried twice here."""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Optional

from .._errors import SmoothcertError
from .._inputs import ServerOptions
from . import messages
from .status import error_of_call

#: Far above what an answer takes, in seconds; a connection that hangs is found out before by keepalive.
_CALL_SECONDS = 60.0
_DEFAULT_PORT = 50051
_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.max_receive_message_length", 4 * 2**20),
)


class Connection:
    """A connection to one server; the first call connects.

    Parameters
    ----------
    options : ServerOptions
        Its token may be the name of a file, which is read again before each call: a long watch outlives its token.
    names : mapping, optional
        As of `status.error_of_status`.

    Raises
    ------
    SmoothcertError
        OPTION_INVALID for an address, a token or a certificate that cannot be used.
    """

    def __init__(self, options: ServerOptions, names: Optional[Mapping[str, str]] = None) -> None:
        grpc, _ = messages.libraries()
        self.address = address_of(options.address)
        self._token = options.token
        self._names = names
        self._metadata()
        channel_options = list(_OPTIONS)
        if is_loopback(self.address):
            channel_options.append(("grpc.enable_http_proxy", 0))
        credentials = _credentials(grpc, options)
        if credentials is None:
            self._channel = grpc.insecure_channel(self.address, options=channel_options)
        else:
            self._channel = grpc.secure_channel(self.address, credentials, options=channel_options)
        self._failure = grpc.RpcError

    def close(self) -> None:
        """Ends all calls."""
        self._channel.close()

    def call(self, name: str, **fields: Any) -> Any:
        """Sends one message and returns the one that comes back."""
        request, answer = messages.request_and_answer(name)
        try:
            return self._stub("unary_unary", name, answer)(
                request(**fields), metadata=self._metadata(), timeout=_CALL_SECONDS
            )
        except self._failure as error:
            raise error_of_call(error, self.address, self._names) from error

    def stream(self, name: str, **fields: Any) -> Iterator[Any]:
        """Sends one message and yields those that come back; ends the call where its reader stops."""
        request, answer = messages.request_and_answer(name)
        call = self._stub("unary_stream", name, answer)(request(**fields), metadata=self._metadata())
        try:
            yield from call
        except self._failure as error:
            raise error_of_call(error, self.address, self._names) from error
        finally:
            call.cancel()

    def send(self, name: str, requests: Iterable[Any]) -> Any:
        """Sends messages as fast as the server takes them and returns the one that comes back."""
        _, answer = messages.request_and_answer(name)
        try:
            return self._stub("stream_unary", name, answer)(iter(requests), metadata=self._metadata())
        except self._failure as error:
            raise error_of_call(error, self.address, self._names) from error

    def _stub(self, kind: str, name: str, answer: Any) -> Any:
        return getattr(self._channel, kind)(
            f"/{messages.SERVICE}/{name}",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=answer.FromString,
        )

    def _metadata(self) -> list[tuple[str, str]]:
        return [] if self._token is None else [("authorization", f"Bearer {token_of(self._token)}")]


def address_of(text: str) -> str:
    """Returns an address with its port: a name or an address, IPv6 in brackets, and 50051 where no port is given."""
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?", text.strip(), re.IGNORECASE)
    port = int((match and match.group(2)) or _DEFAULT_PORT)
    if match and 1 <= port <= 65_535:
        return f"{match.group(1)}:{port}"
    raise SmoothcertError(
        "OPTION_INVALID",
        f"server={text!r} is not host:port.",
        f"Write for example 127.0.0.1:{_DEFAULT_PORT} or [::1]:{_DEFAULT_PORT}; for an encrypted connection add tls=True.",
    )


def is_loopback(address: str) -> bool:
    """Returns true if an address, host:port, is of this machine alone."""
    return re.fullmatch(r"(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+", address, re.IGNORECASE) is not None


def sends_token_openly(options: ServerOptions) -> bool:
    """Returns true if a token would leave this machine without encryption."""
    return options.token is not None and not _is_encrypted(options) and not is_loopback(address_of(options.address))


def _is_encrypted(options: ServerOptions) -> bool:
    return bool(options.tls or options.ca or options.certificate or options.key)


def token_of(given: str) -> str:
    """Returns a token: what a file of this name holds, else the text itself."""
    is_file = os.path.isfile(given)
    text = (_read("token", Path(given)).decode("utf-8", "replace") if is_file else given).strip()
    if re.fullmatch(r"[\x21-\x7e]+", text):
        return text
    raise SmoothcertError(
        "OPTION_INVALID",
        f"token={given!r} does not hold a token: one line without spaces." if is_file else "token= is no token.",
        "Give the token that the server was started with, or the name of the file that it is in.",
    )


def _credentials(grpc: Any, options: ServerOptions) -> Any:
    if not _is_encrypted(options):
        return None
    if (options.certificate is None) != (options.key is None):
        raise SmoothcertError(
            "OPTION_INVALID", "A client's certificate and its key are of no use one without the other.", "Give both or none."
        )
    ca = _system_authorities() if options.ca is None else _read("tls", options.ca)
    certificate = options.certificate and _read("tls", options.certificate)
    key = options.key and _read("tls", options.key)
    return grpc.ssl_channel_credentials(ca, key, certificate)


def _system_authorities() -> Optional[bytes]:
    """Returns the authorities that this machine trusts; None, for those that come with grpcio, where it keeps them elsewhere."""
    file = ssl.get_default_verify_paths().cafile
    return Path(file).read_bytes() if file is not None and os.path.isfile(file) else None


def _read(argument: str, file: Path) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as cause:
        raise SmoothcertError(
            "OPTION_INVALID",
            f"{argument}= {str(file)!r} cannot be read ({cause.strerror}).",
            "Check the path and who may read it.",
        ) from cause
