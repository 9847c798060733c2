"""Certifies on a server: what it lacks of model and images is sent, the job is made and watched, its certificates are taken."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional

from ._errors import SmoothcertError
from ._inputs import Inputs, ServerOptions
from ._remote import messages
from ._remote.arrays import read_images
from ._remote.canonical import storage_error, write_data_set
from ._remote.class_names import read_class_names, require_names, write_names
from ._remote.client import Client
from ._remote.connection import Connection, address_of, sends_token_openly
from ._remote.creation import begin, error_of_end
from ._job_facts import DEVIATIONS
from ._remote.described import Described, described_of
from ._remote.folder_lock import FolderLock
from ._remote.model_files import File, read_model
from ._remote.patience import Patience
from ._remote.request import Request, open_request, read_request
from ._remote.result_rows import Expected
from ._remote.results import RESULTS, about_job, fetch_results, tell_results
from ._remote.selection import resolve, selection_of
from ._remote.spec import ARGUMENTS, check_names, file_name, spec_of
from ._remote.watch import News, Teller, follow

#: How long a server that went away is waited for.
_WAIT_SECONDS = 300.0
_SUCCEEDED = ("JOB_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED")
#: A file of more bytes is worth a note.
_LARGE = 2**24
_UNCHECKED = (
    "Preprocessing, units and labels were not checked before the job was sent: smoothcert.check does that; no_check=True "
    "leaves this note out."
)


@dataclass(frozen=True)
class _Asked:
    """A job as it is asked for: its spec, the files that it names, labels and names of classes, and how its data were read."""

    spec: Any
    files: list[File]
    labels: Optional[Any]
    classes: Optional[list[str]]
    read: dict[str, Any]


def certify_on_server(
    inputs: Inputs,
    sigma: float,
    out: Path,
    flags: Mapping[str, Any],
    server: ServerOptions,
    on_news: Callable[[News], None],
) -> None:
    """Certifies images on a server, and writes results.jsonl, results.tsv and job.json into a folder.

    The same call again is the same job: it goes on watching, draws nothing twice, and where the results are in the folder
    already it asks no server. What a server has of model and images is not sent again.

    Parameters
    ----------
    inputs : Inputs
        A model in ONNX; images as .npz or .npy.
    sigma : float
        Standard deviation of the noise, in pixels scaled to [0, 1]. Above 0.
    out : Path
        The folder of this job and no other. It keeps the request, too.
    flags : mapping
        Flags of the command by name, with ``_`` for ``-``; beside them ``wait_seconds``, ``request_id``.
    server : ServerOptions
    on_news : callable
        Gets the objects that ``smoothcert certify --json-lines`` prints; those of images come together once the job has ended.

    Raises
    ------
    SmoothcertError
        In the words of the server, where it has some.
    KeyboardInterrupt
        The job goes on; a note says how it is seen again, and how it is ended.
    """
    check_names(flags)
    wait = float(flags.get("wait_seconds") or _WAIT_SECONDS)
    address = address_of(server.address)
    with tempfile.TemporaryDirectory(prefix="smoothcert-") as temporary:
        asked = _prepare(inputs, sigma, flags, Path(temporary))
        with FolderLock(_made(Path(out))):
            request = open_request(Path(out), _as_json(asked.spec), flags.get("request_id"), address)
            teller = Teller(on_news, str(out), resumed=request.job is not None)
            if not (request.done and (Path(out) / RESULTS).exists()):
                if not flags.get("no_check"):
                    teller.note(_UNCHECKED)
                with _client(server, wait, teller) as client:
                    begin(client, asked.spec, request, lambda: _send(client, asked.files, teller))
                    _attend(client, request, asked, inputs, teller)
            tell_results(Path(out), on_news, teller)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise storage_error(cause, folder) from cause
    return folder


def cancel_on_server(out: Path, server: ServerOptions) -> None:
    """Ends the job that was asked for into a folder; the images that are decided keep their certificates.

    Parameters
    ----------
    out : Path
        The folder that `certify_on_server` was given.
    server : ServerOptions

    Raises
    ------
    SmoothcertError
        OPTION_INVALID if the folder has no job of a server.
    """
    request = read_request(Path(out))
    if request is None or request.job is None:
        raise SmoothcertError(
            "OPTION_INVALID", f"{out} has no job of a server.", "Name the folder that certify(out=…, server=…) was given."
        )
    with _client(server, _WAIT_SECONDS, Teller(lambda _: None, str(out), resumed=True)) as client:
        client.cancel_job(request.job)


def _client(server: ServerOptions, wait: float, teller: Teller) -> Client:
    def waits(error: SmoothcertError) -> None:
        teller.note(f"{error.message} Waiting up to {wait:g} s for it.")

    if sends_token_openly(server):
        warnings.warn(
            f"The token goes to {server.address} without encryption: whoever is on the way can read it. Add tls=True.", stacklevel=2
        )

    return Client(Connection(server, ARGUMENTS), Patience(wait, waits))


def _prepare(inputs: Inputs, sigma: float, flags: Mapping[str, Any], folder: Path) -> _Asked:
    """Returns the spec of a job with the digests of its files, which are checked and, where need be, written into a folder."""
    spec = spec_of(sigma, flags)
    features, clip, bgr = (bool(flags.get(name)) for name in ("features", "clip", "bgr"))
    labels = flags.get("labels") or inputs.labels
    images = read_images(Path(inputs.data), Path(labels) if labels else None, features, clip, bgr)
    indices = resolve(flags.get("images"), len(images.values))
    model = read_model(Path(inputs.model))
    scale = sigma / DEVIATIONS[str(flags.get("noise") or "gaussian")]
    data = write_data_set(images, selection_of(indices), folder / "data.canonical", features, scale)
    files = [*model.files, File(data.file, data.digest, "DATA_SET")]
    spec.model.digest = model.digest
    if model.weights:
        spec.model.file_digest = model.file_digest
    for path, digest in model.weights:
        spec.model.weights.add(path=path, digest=digest)
    spec.data.digest = data.digest
    spec.images.start, spec.images.stop, spec.images.step = indices.start, indices.stop, indices.step
    spec.names.model, spec.names.data = file_name(inputs.model), file_name(inputs.data)
    classes = read_class_names(flags.get("class_names"))
    if classes is not None:
        names = write_names(classes, folder)
        spec.names.images_digest = names.digest
        files.append(names)
    read = {"data": str(inputs.data), "labels": labels and str(labels), "features": features, "clip": clip, "bgr": bgr}
    return _Asked(spec, files, images.labels, classes, read)


def _as_json(spec: Any) -> Any:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(spec, preserving_proto_field_name=True)


def _send(client: Client, files: list[File], teller: Teller) -> None:
    for file in files:

        def sent(there: int, size: int, name: str = file.path.name) -> None:
            if size > _LARGE and there < size:
                teller.note(f"Sending {name}, {size / 1e6:.0f} MB.")

        client.upload(file, sent)


def _attend(client: Client, request: Request, asked: _Asked, inputs: Inputs, teller: Teller) -> None:
    """Watches the job to its end, and takes its results."""
    description = _Description(client, asked)
    try:
        job = follow(client, request.job or "", teller, description.check)
    except KeyboardInterrupt:
        teller.note(
            f"The job {request.job} goes on. The same call watches it again; "
            f"smoothcert.cancel({str(request.folder)!r}, server={client.address!r}) ends it."
        )
        raise
    if job.HasField("error"):
        raise error_of_end(request, job)
    if description.job is not None:
        described = description.job
        name = asked.spec.names.job or None
        about = about_job(described, str(inputs.model), asked.read, name, asked.classes, sorted(teller.notes))
        fetch_results(client, job, request.folder, about, Expected(described, asked.labels, asked.classes))
    if messages.enum_name(job, "state") not in _SUCCEEDED:
        raise SmoothcertError(
            "CANCELLED",
            f"The job {request.job} was cancelled.",
            "Images that were decided until then keep their certificates; for the others make the same call with another out=.",
        )
    request.done = True
    request.save()


class _Description:
    """The job as a server describes it, once a worker has looked at the model; it is checked each time that it is sent."""

    def __init__(self, client: Client, asked: _Asked) -> None:
        self._client = client
        self._asked = asked
        self._seen: Any = None
        self.job: Optional[Described] = None

    def check(self, job: Any) -> None:
        """Takes a message of the job. Raises as `described_of`; OPTION_INVALID if other classes were named, and the job is then ended."""
        seen = (job.job_json, job.job_digest, job.spec.seed)
        if not job.job_json or seen == self._seen:
            return
        self.job = described_of(self._asked.spec, job)
        self._seen = seen
        if self._asked.classes is None:
            return
        try:
            require_names(self._asked.classes, self.job["draw"]["classes"])
        except SmoothcertError:
            # Its rows would name wrong ones.
            self._client.cancel_job(job.id)
            raise
