"""A client for smoothcert that needs grpcio and protobuf and nothing else.

The server says itself what its messages are (gRPC server reflection), so there are no generated files to keep in step with it:

    with Client("127.0.0.1:50051") as client:
        job = client.GetJob(id="j-...").job
        for news in client.WatchJob(id=job.id):
            print(news.job.progress.samples)

Every method of smoothcert.v1.CertificationService is a method here, but for PutArtifact (`smoothcert artifacts put`); its fields are keyword arguments, as
proto/smoothcert/v1/certification_service.proto describes them. Enums are numbers; `client.name(message, "state")` is the name.
"""

import re

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "smoothcert.v1.CertificationService"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


class Client:
    """A connection to one server. `credentials`: grpc.ssl_channel_credentials(...) for TLS; `token`: what the server asks for."""

    def __init__(self, server, token=None, credentials=None):
        secure = credentials is not None
        self._channel = grpc.secure_channel(server, credentials) if secure else grpc.insecure_channel(server)
        self._metadata = [("authorization", f"Bearer {token}")] if token else []
        self._service = self._ask().FindServiceByName(SERVICE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._channel.close()

    def __getattr__(self, method_name):
        method = self._service.methods_by_name.get(method_name)
        if method is None:
            raise AttributeError(f"{SERVICE} has no method {method_name}")
        request, response = message_class(method.input_type), message_class(method.output_type)
        many = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
        call = many(
            f"/{SERVICE}/{method_name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        return lambda **fields: call(request(**fields), metadata=self._metadata)

    @staticmethod
    def name(message, field):
        """The name of an enum's value: `client.name(job, "state")` is for example JOB_STATE_RUNNING."""
        values = message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number
        return values[getattr(message, field)].name

    def _ask(self):
        """A pool with all that the server says of its service."""
        request, response = reflection_messages()
        call = self._channel.stream_stream(
            REFLECTION,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        answers = call(iter([request(file_containing_symbol=SERVICE)]), metadata=self._metadata)
        return pool_of([file for answer in answers for file in answer.files.file])


def pool_of(files):
    """The files in one pool, each behind those that it needs. Servers on Node leave out what a file needs, and tell names in camel case."""
    for file in files:
        types = str(file.message_type)  # names of types, as short as they may be: protobuf.Any within google.rpc
        needed = {other.name for other in files if other is not file and f"{other.package.split('.')[-1]}." in types}
        file.dependency.extend(sorted(needed - set(file.dependency)))
        for message in file.message_type:
            for field in message.field:
                field.name = re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), field.name)
    pool = descriptor_pool.DescriptorPool()
    added = set()
    while len(added) < len(files):
        ready = [file for file in files if file.name not in added and added.issuperset(file.dependency)]
        if not ready:
            raise ValueError("the server's description of its messages is not complete")
        for file in ready:
            pool.AddSerializedFile(file.SerializeToString())
            added.add(file.name)
    return pool


def message_class(descriptor):
    """The class of a message, by whichever name this version of protobuf has the function."""
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(descriptor.file.pool).GetPrototype(descriptor)


def reflection_messages():
    """Request and answer of server reflection, with the fields that are used here; a list of files is a FileDescriptorSet."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", syntax="proto3")
    file.dependency.append("google/protobuf/descriptor.proto")
    asked = file.message_type.add(name="Asked")
    asked.field.add(name="file_containing_symbol", number=4, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    answered = file.message_type.add(name="Answered")
    answered.field.add(
        name="files",
        number=4,
        type=field.TYPE_MESSAGE,
        type_name=".google.protobuf.FileDescriptorSet",
        label=field.LABEL_OPTIONAL,
    )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return [message_class(pool.FindMessageTypeByName(name)) for name in ("Asked", "Answered")]
