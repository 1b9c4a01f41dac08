//! gRPC without generated code: any method by its name, any bytes as its message.

use std::net::SocketAddr;

use bytes::{Buf as _, BufMut as _, Bytes};
use http::uri::PathAndQuery;
use prost::Message as _;
use prost_types::FileDescriptorProto;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use super::DEADLINE;

/// Sends `message` to `method` (`package.Service/Method`); answers the first message that comes back.
pub(crate) async fn call(
    channel: &Channel,
    method: &str,
    message: &[u8],
    token: Option<&str>,
) -> Result<Vec<u8>, Status> {
    let mut request = Request::new(Bytes::copy_from_slice(message));
    if let Some(token) = token {
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let path: PathAndQuery = format!("/{method}").parse().unwrap();
    let mut grpc = Grpc::new(channel.clone());
    let called = async {
        grpc.ready().await.expect("a connection");
        let mut answers = grpc.server_streaming(request, path, AsItIs).await?.into_inner();
        Ok(answers.message().await?.unwrap_or_default())
    };
    tokio::time::timeout(DEADLINE, called).await.unwrap_or_else(|_| panic!("{method} does not answer"))
}

/// Every method that reflection tells of, but those of reflection and health.
pub(crate) async fn methods(address: SocketAddr) -> Vec<String> {
    let MessageResponse::ListServicesResponse(list) =
        ask(address, MessageRequest::ListServices(String::new())).await
    else {
        panic!("no list of services")
    };
    let mut methods = Vec::new();
    for service in list.service.into_iter().map(|it| it.name).filter(|it| !it.starts_with("grpc.")) {
        let MessageResponse::FileDescriptorResponse(found) =
            ask(address, MessageRequest::FileContainingSymbol(service.clone())).await
        else {
            panic!("no file of {service}")
        };
        for file in found.file_descriptor_proto {
            let file = FileDescriptorProto::decode(file.as_slice()).unwrap();
            let of_service =
                file.service.iter().filter(|it| format!("{}.{}", file.package(), it.name()) == service);
            let names = of_service.flat_map(|it| &it.method).map(|it| format!("{service}/{}", it.name()));
            methods.extend(names);
        }
    }
    methods
}

async fn ask(address: SocketAddr, question: MessageRequest) -> MessageResponse {
    let mut client = ServerReflectionClient::new(super::Watcher::channel(address));
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap().message_response.unwrap()
}

/// Messages are bytes.
#[derive(Clone, Copy)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Bytes;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for AsItIs {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).into()))
    }
}
