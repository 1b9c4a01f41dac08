//! The names of a gRPC call: `ccm.task.v1.TaskService/CreateTask`, and of its outcome: `NOT_FOUND`.

use http::HeaderMap;
use tonic::{Code, Status};

/// The full method name of a path; a path that cannot be one is `_OTHER` (a name made up by a client is never a span
/// name of ours).
pub(crate) fn full_name(path: &str) -> &str {
    let name = path.strip_prefix('/').unwrap_or(path);
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"._".contains(&it))
    };
    match name.split_once('/') {
        Some((service, method)) if name.len() <= 200 && is_name(service) && is_name(method) => name,
        _ => "_OTHER",
    }
}

/// Whether a method only reads, by the verbs of AIP-131 and AIP-132.
pub(crate) fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("Get") || name.starts_with("List")
}

/// Whether a call is a probe or a look at the schema: those are not traced, nor logged.
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
    fn only_names_become_span_names() {
        assert_eq!(full_name("/ccm.task.v1.TaskService/GetTask"), "ccm.task.v1.TaskService/GetTask");
        for path in ["/", "", "/a", "/a/b/c", "/a/b?c", "/a /b"] {
            assert_eq!(full_name(path), "_OTHER", "{path}");
        }
    }

    #[test]
    fn not_found_is_no_error_of_the_server() {
        assert!(!is_server_error(Code::NotFound));
        assert!(is_server_error(Code::Internal));
    }
}
