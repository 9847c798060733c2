"""What a job is made of, once it lies in files, and how a server is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Inputs:
    """The files of a job.

    Attributes
    ----------
    model : Path
        An ONNX file.
    data : Path
        Images in any form that the command reads. Arrays are written as one ``.npz`` with ``x`` [images, …] and,
        where they are known, the labels ``y`` [images].
    labels : Path, optional
        A file of labels that wins over those in ``data``; ``None`` where nobody gave one.
    """

    model: Path
    data: Path
    labels: Optional[Path] = None


@dataclass(frozen=True)
class ServerOptions:
    """The way to a server.

    Attributes
    ----------
    address : str
        ``host:port``.
    token : str, optional
        The token that the server asks for; ``None`` if it asks for none. No text shows it.
    tls : bool
        True: the connection is TLS. It is, too, where one of the files below is given.
    ca : Path, optional
        PEM of the authority that signed for the server; ``None``: those that grpcio knows.
    certificate, key : Path, optional
        PEM of the client's own certificate and of its key; both or none.
    """

    address: str
    token: Optional[str] = field(default=None, repr=False)
    tls: bool = False
    ca: Optional[Path] = None
    certificate: Optional[Path] = None
    key: Optional[Path] = None
