//! The reflection service: that of tonic-reflection, whose stream would end at the first question that has no answer. Each
//! question is therefore asked on a stream of its own, and the error becomes an `error_response`, as
//! `grpc.reflection.v1` describes it.

use std::convert::Infallible;

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use prost::Message;
use tonic::body::Body;
use tonic::{Request, Response, Status, Streaming};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ErrorResponse, ServerReflectionRequest, ServerReflectionResponse};
use tonic_reflection::pb::{v1, v1alpha};
use tonic_reflection::server::{Builder, Error};
use tower::util::BoxCloneSyncService;

/// The services that describe themselves; health comes before them.
const OWN: [&str; 3] = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
];

/// Answers questions about the services of a server, in both versions of the protocol.
#[derive(Clone)]
pub(super) struct Reflection {
    inner: ServerReflectionClient<BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>>,
}

impl Reflection {
    /// Describes `apis`, the full names of gRPC services in `descriptors`, and health and reflection.
    pub(super) fn new(descriptors: &[u8], apis: &[&'static str]) -> Result<Self, Error> {
        let builder = Builder::configure()
            .register_encoded_file_descriptor_set(descriptors)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(v1alpha::FILE_DESCRIPTOR_SET)
            // With the error details in it, grpcurl shows them as fields and not as bytes.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET);
        let names = OWN.iter().chain(apis);
        let service = names.fold(builder, |it, name| it.with_service_name(*name)).build_v1()?;
        Ok(Self { inner: ServerReflectionClient::new(BoxCloneSyncService::new(service)) })
    }

    async fn answer(mut self, question: ServerReflectionRequest) -> ServerReflectionResponse {
        let asked = question.clone();
        let answered: Result<_, Status> = async {
            let mut answers = self.inner.server_reflection_info(stream::iter([question])).await?.into_inner();
            answers.message().await?.ok_or_else(|| Status::unavailable("the server shuts down"))
        }
        .await;
        answered.unwrap_or_else(|status| ServerReflectionResponse {
            valid_host: asked.host.clone(),
            original_request: Some(asked),
            message_response: Some(MessageResponse::ErrorResponse(ErrorResponse {
                error_code: status.code().into(),
                error_message: status.message().to_owned(),
            })),
        })
    }
}

#[tonic::async_trait]
impl v1::server_reflection_server::ServerReflection for Reflection {
    type ServerReflectionInfoStream = BoxStream<'static, Result<ServerReflectionResponse, Status>>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answer = move |question| {
            let reflection = reflection.clone();
            async move { Ok(reflection.answer(question).await) }
        };
        Ok(Response::new(request.into_inner().and_then(answer).boxed()))
    }
}

/// grpcurl and Python's grpcio still use the older version, whose messages are the same on the wire.
#[tonic::async_trait]
impl v1alpha::server_reflection_server::ServerReflection for Reflection {
    type ServerReflectionInfoStream = BoxStream<'static, Result<v1alpha::ServerReflectionResponse, Status>>;

    async fn server_reflection_info(
        &self,
        request: Request<Streaming<v1alpha::ServerReflectionRequest>>,
    ) -> Result<Response<Self::ServerReflectionInfoStream>, Status> {
        let reflection = self.clone();
        let answer = move |question| {
            let reflection = reflection.clone();
            async move { transcoded(&reflection.answer(transcoded(&question)?).await) }
        };
        Ok(Response::new(request.into_inner().and_then(answer).boxed()))
    }
}

/// A message as the same message of the other version.
fn transcoded<T: Message + Default>(message: &impl Message) -> Result<T, Status> {
    T::decode(message.encode_to_vec().as_slice()).map_err(|_| super::status::internal())
}
