"""The messages of the server, made when they are first needed from what the build compiled of the proto files.

No code is generated: whatever version of protobuf is installed makes the classes itself, so none can be too old or too new for them.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from .._errors import SmoothcertError

DESCRIPTOR_FILE = Path(__file__).with_name("messages.desc")
SERVICE = "smoothcert.v1.CertificationService"


def _missing(what: str, remedy: str) -> SmoothcertError:
    return SmoothcertError("OPTION_INVALID", f"server= needs {what}.", remedy)


def libraries() -> tuple[Any, Any]:
    """Returns the modules ``grpc`` and ``google.protobuf``.

    Raises
    ------
    SmoothcertError
        OPTION_INVALID if one of them is not installed.
    """
    # What a call fails of is said in an exception; gRPC's own log says the same in other words, on standard error.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        import google.protobuf
        import grpc
    except ImportError as cause:
        raise _missing("the packages grpcio and protobuf", "Install them: pip install grpcio protobuf") from cause
    return grpc, google.protobuf


@functools.lru_cache(maxsize=None)
def _pool() -> Any:
    libraries()
    from google.protobuf import descriptor_pb2, descriptor_pool

    try:
        content = DESCRIPTOR_FILE.read_bytes()
    except OSError as cause:
        raise _missing(
            "the messages of the server, and this smoothcert was built without grpcio-tools",
            "pip install grpcio-tools, then install smoothcert again.",
        ) from cause
    pool = descriptor_pool.DescriptorPool()
    # protoc writes each file behind those that it needs.
    for file in descriptor_pb2.FileDescriptorSet.FromString(content).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


@functools.lru_cache(maxsize=None)
def message(name: str) -> Any:
    """Returns the class of a message by its full name, for example ``smoothcert.v1.JobSpec``."""
    return _class_of(_pool().FindMessageTypeByName(name))


def _class_of(descriptor: Any) -> Any:
    from google.protobuf import message_factory

    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    # Before protobuf 4.22, and the other one is gone from version 5 on.
    return message_factory.MessageFactory(descriptor.file.pool).GetPrototype(descriptor)


def method(name: str) -> Any:
    """Returns the description of a method of the service: its messages, and which side streams."""
    return _pool().FindServiceByName(SERVICE).methods_by_name[name]


def request_and_answer(name: str) -> tuple[Any, Any]:
    """Returns the classes of the request and of the answer of a method."""
    found = method(name)
    return message(found.input_type.full_name), message(found.output_type.full_name)


def enum_name(owner: Any, field: str) -> str:
    """Returns the name of the value of an enum field, for example ``JOB_STATE_RUNNING``; its number where no name is known."""
    value = getattr(owner, field)
    known = owner.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
    return str(known[value].name if value in known else value)


def enum_value(owner: Any, field: str, name: str) -> int:
    """Returns the number of a name of an enum field."""
    number: int = owner.DESCRIPTOR.fields_by_name[field].enum_type.values_by_name[name].number
    return number
