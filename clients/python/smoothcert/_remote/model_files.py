"""The files of an ONNX model, by digest: the model, and those that it keeps weights in (ONNX external data)."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from .._errors import SmoothcertError

#: Numbers of the fields of onnx.proto that lead to a tensor, by the message that they are in; `tensor` is where it ends.
_WAYS = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_MAX_DEPTH = 200
_LARGEST = 2_000_000_000
_DAMAGED = "Export it again, and copy it whole."


@dataclass(frozen=True)
class File:
    """A file of this machine that a server may have to be sent."""

    path: Path
    digest: str
    kind: str
    """The end of the name of an ArtifactKind: FILE or DATA_SET."""


@dataclass(frozen=True)
class Model:
    """A model by digest.

    Attributes
    ----------
    digest : str
        The sha256 (hex) of its file; with weight files that of the text that has, a line each, the digests of the model file and of every
        weight file in the order of their names.
    weights : list of (str, str)
        Path below the model's folder, and digest, of each weight file.
    files : list of File
        All of them, the model first.
    """

    digest: str
    weights: list[tuple[str, str]]
    files: list[File]

    @property
    def file_digest(self) -> str:
        """The sha256 (hex) of the model file alone."""
        return self.files[0].digest


def read_model(path: Path) -> Model:
    """Reads a model far enough to know its files, and their digests.

    Raises
    ------
    SmoothcertError
        MODEL_UNREADABLE if it is no ONNX model, or keeps weights in a file that is not there or outside of its folder.
    """
    content = _read(path, path)
    try:
        names = sorted(set(_locations(memoryview(content), "model", 0)), key=lambda name: name.encode("utf-16-be"))
        whole = any(number == 7 and len(value) > 0 for number, value in _fields(memoryview(content)))
    except (ValueError, IndexError) as cause:
        raise _unreadable(f"{path} is no ONNX model, or is damaged or cut short.", _DAMAGED) from cause
    if not whole:
        raise _unreadable(f"{path} is no ONNX model, or is damaged or cut short.", _DAMAGED)
    own = File(path, hashlib.sha256(content).hexdigest(), "FILE")
    files = [own, *(_weight_file(path, name) for name in names)]
    if not names:
        return Model(own.digest, [], files)
    text = "".join(f"{file.digest}\n" for file in files)
    weights = [(name, file.digest) for name, file in zip(names, files[1:])]
    return Model(hashlib.sha256(text.encode()).hexdigest(), weights, files)


def _weight_file(model: Path, name: str) -> File:
    parts = name.split("/")
    given = model.parent / name
    plain = not re.search(r"[\\\0]|^[a-zA-Z]:", name) and not any(part in ("", "..") for part in parts)
    folders = (os.path.realpath(model.parent), os.path.dirname(os.path.realpath(model)))
    inside = any(os.path.realpath(given).startswith(os.path.join(folder, "")) for folder in folders)
    if not plain or not inside:
        raise _unreadable(
            f"The model {model} keeps weights in {name!r}, which is outside the model's own folder.",
            'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx").',
        )
    return File(given, hashlib.sha256(_read(given, model)).hexdigest(), "FILE")


def _read(file: Path, model: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise _unreadable(f"{file} has more than 2 GB.", "Give a smaller model.")
        return file.read_bytes()
    except OSError as cause:
        which = f"The model {model} keeps weights in {file}, which" if file != model else f"The model {file}"
        raise _unreadable(f"{which} cannot be read ({cause.strerror}).", "Check the path.") from cause


def _locations(content: memoryview, kind: str, depth: int) -> Iterator[str]:
    """Yields the files that tensors of a message have their values in."""
    if depth > _MAX_DEPTH:
        raise ValueError("graphs are nested too deeply")
    if kind == "tensor":
        yield from _location_of(content)
        return
    ways = _WAYS[kind]
    for number, value in _fields(content):
        if number in ways:
            yield from _locations(value, ways[number], depth + 1)


def _location_of(tensor: memoryview) -> Iterator[str]:
    external, entries = False, {}
    for number, value in _fields(tensor):
        if number == _DATA_LOCATION:
            external = external or value != 0
        elif number == _EXTERNAL_DATA:
            pair = {key: bytes(text).decode("utf-8") for key, text in _fields(value)}
            entries[pair.get(1, "")] = pair.get(2, "")
    if external:
        if "location" not in entries:
            raise ValueError("a tensor names no file")
        yield entries["location"]


def _fields(content: memoryview) -> Iterator[tuple[int, Any]]:
    """Yields the fields of a protobuf message: their numbers, and their content, of a varint its value."""
    at, end = 0, len(content)
    while at < end:
        tag, at = _varint(content, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(content, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint(content, at)
        else:
            size = {1: 8, 5: 4}[kind] if kind in (1, 5) else end
        if at + size > end:
            raise ValueError("a message is cut short")
        yield tag >> 3, content[at : at + size]
        at += size


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while shift < 70:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number is too long")


def _unreadable(message: str, remedy: str) -> SmoothcertError:
    return SmoothcertError("MODEL_UNREADABLE", message, remedy)
