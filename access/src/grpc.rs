//! Callers in gRPC: taken from a request that came in, put into one that goes out.

use platform::grpc::status;
use tonic::{Code, Request, Status};

use crate::{Caller, Unauthenticated};

/// Reason of an UNAUTHENTICATED.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";

/// The caller of a request, as the server's layer has verified it.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let admission = request.extensions().get::<Result<Caller, Unauthenticated>>();
    match admission {
        Some(Ok(caller)) => Ok(caller.clone()),
        Some(Err(refusal)) => Err(refused(*refusal)),
        None => Err(refused(Unauthenticated::Missing)),
    }
}

fn refused(refusal: Unauthenticated) -> Status {
    status::with_reason(Code::Unauthenticated, UNAUTHENTICATED, refusal.to_string())
}

impl Caller {
    /// A request to another process with this caller's own token: it decides there what it decides here.
    #[must_use]
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Ok(value) = self.authorization.as_bytes().try_into() {
            request.metadata_mut().insert("authorization", value);
        }
        request
    }
}
