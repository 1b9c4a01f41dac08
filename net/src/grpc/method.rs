//! The names of a gRPC call: `ccm.task.v1.TaskService/CreateTask`, and of its outcome: `NOT_FOUND`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use http::HeaderMap;
use prost::Message as _;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};
use tonic::{Code, Status};

/// The method name in spans and logs for a method that the server does not have.
pub(crate) const OTHER: &str = "_OTHER";

/// The full method name of the path of an outgoing call.
pub(crate) fn name(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// The method of an outgoing call: its [`name`], without a copy of one that the contract has, and whether its response is a
/// stream.
pub(crate) fn outgoing(path: &str) -> (Cow<'static, str>, bool) {
    match CONTRACT.find(path) {
        Some(known) => (known.name.into(), known.streams),
        None => (name(path).to_owned().into(), false),
    }
}

/// The methods that a server has. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownMethods(Arc<HashMap<&'static str, Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    name: &'static str,
    /// Whether the response is a stream.
    streams: bool,
}

impl KnownMethods {
    /// Reads the methods of an encoded `google.protobuf.FileDescriptorSet`.
    pub(crate) fn of(descriptors: &[u8]) -> Result<Self, prost::DecodeError> {
        let mut all = HashMap::new();
        for file in FileDescriptorSet::decode(descriptors)?.file {
            for service in &file.service {
                let of_service = |it: &MethodDescriptorProto| {
                    // Spans and metrics of every call have the name, for as long as the process runs.
                    let name = format!("{}.{}/{}", file.package(), service.name(), it.name()).leak();
                    (&*name, Known { name, streams: it.server_streaming() })
                };
                all.extend(service.method.iter().map(of_service));
            }
        }
        Ok(Self(Arc::new(all)))
    }

    fn find(&self, path: &str) -> Option<Known> {
        self.0.get(name(path)).copied()
    }

    /// The full method name of a path, and whether the method has a streaming response, which may last for as long as its
    /// connection. An unknown method is [`OTHER`], so that clients cannot make up span names.
    pub(crate) fn incoming(&self, path: &str) -> (&'static str, bool) {
        self.find(path).map_or((OTHER, false), |it| (it.name, it.streams))
    }
}

/// The methods of this product, for outgoing calls.
static CONTRACT: LazyLock<KnownMethods> = LazyLock::new(|| {
    // The build script has made the descriptors; a test decodes them.
    KnownMethods::of(proto::DESCRIPTORS).unwrap_or_default()
});

/// Whether a method only reads, by the verbs of AIP-131 and AIP-132, `Watch` and `Explain`.
pub(crate) fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    ["Get", "List", "Watch", "Explain"].iter().any(|it| name.starts_with(it))
}

/// The health check of a server. The other method of the service, `Watch`, lasts for as long as its client likes.
pub(crate) const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// Whether a call is for health or reflection; these calls are neither traced nor logged.
pub(crate) fn is_probe(path: &str) -> bool {
    path.starts_with("/grpc.health.") || path.starts_with("/grpc.reflection.")
}

/// The status that headers or trailers carry.
pub(crate) fn code_in(headers: &HeaderMap) -> Option<Code> {
    Some(Code::from_bytes(headers.get(Status::GRPC_STATUS)?.as_bytes()))
}

/// Whether a code is the server's own failure, by the semantic conventions for gRPC server spans.
pub(crate) fn is_server_error(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_nobody_serves_has_no_name_of_its_own() {
        let method =
            MethodDescriptorProto { name: Some("GetTask".to_owned()), ..MethodDescriptorProto::default() };
        let service = prost_types::ServiceDescriptorProto {
            name: Some("TaskService".to_owned()),
            method: vec![method],
            ..prost_types::ServiceDescriptorProto::default()
        };
        let file = prost_types::FileDescriptorProto {
            package: Some("ccm.task.v1".to_owned()),
            service: vec![service],
            ..prost_types::FileDescriptorProto::default()
        };
        let methods = KnownMethods::of(&FileDescriptorSet { file: vec![file] }.encode_to_vec()).unwrap();
        assert_eq!(methods.incoming("/ccm.task.v1.TaskService/GetTask").0, "ccm.task.v1.TaskService/GetTask");
        for path in ["/ccm.task.v1.TaskService/Made", "/", "", "/a/b/c"] {
            assert_eq!(methods.incoming(path).0, "_OTHER", "{path}");
        }
    }

    #[test]
    fn the_contract_says_which_methods_stream() {
        assert!(outgoing("/ccm.event.v1.EventService/WatchEvents").1);
        assert!(!outgoing("/ccm.task.v1.TaskService/ListTasks").1);
    }

    #[test]
    fn not_found_is_no_error_of_the_server() {
        assert!(!is_server_error(Code::NotFound));
        assert!(is_server_error(Code::Internal));
    }
}
