"""Creates a task over gRPC as a Python program does that has no generated code: it asks reflection (v1alpha, the one that
grpcio speaks) what the messages look like. Arguments: address, token, traceparent, title. Prints the task as JSON."""

import sys

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "ccm.task.v1.TaskService"

address, token, traceparent, title = sys.argv[1:]
with grpc.insecure_channel(address) as channel:
    reflection = ProtoReflectionDescriptorDatabase(channel)
    assert SERVICE in reflection.get_services(), reflection.get_services()
    method = DescriptorPool(reflection).FindServiceByName(SERVICE).FindMethodByName("CreateTask")
    request = json_format.ParseDict({"task": {"title": title}}, GetMessageClass(method.input_type)())
    create = channel.unary_unary(
        f"/{SERVICE}/{method.name}",
        request_serializer=lambda it: it.SerializeToString(),
        response_deserializer=GetMessageClass(method.output_type).FromString,
    )
    metadata = [("authorization", f"Bearer {token}"), ("traceparent", traceparent)]
    response = create(request, metadata=metadata, timeout=20)
    print(json_format.MessageToJson(response, preserving_proto_field_name=True))
