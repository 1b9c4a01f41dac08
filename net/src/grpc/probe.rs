//! Calls of the health service and of reflection, which need no token and have no span.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body::Body;
use http_body_util::BodyExt as _;
use tonic::body::Body as GrpcBody;
use tonic::{Code, Status};
use tower::{BoxError, Service};

use super::limits::Bounds;
use super::message_body::RequestBody;
use super::method::HEALTH_CHECK;
use crate::admission::{Authenticate, Waits};
use crate::places::Full;
use crate::server::{ConnectionStanding, LastsLong, Standing};

/// Serves a call of the health service or of reflection, which needs no token, and may last for long.
pub(super) async fn serve<A, S, B, R>(
    mut inner: S,
    call: Request<B>,
    authenticate: A,
    bounds: Bounds,
) -> Result<Response<GrpcBody>, S::Error>
where
    A: Authenticate,
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let standing = ConnectionStanding::of(call.extensions());
    if let Some(standing) = &standing
        && let Err(full) = prove(standing, call.headers(), &authenticate, &bounds).await
    {
        return Ok(bounds.no_connection(full).into_http());
    }
    let is_check = call.uri().path() == HEALTH_CHECK;
    let place = bounds.probe(standing.as_ref(), is_check);
    // The messages of reflection are a stream, which its client ends.
    let timeout = is_check.then(|| bounds.message_timeout());
    let call = call.map(|body| RequestBody::of_probe(body, timeout));
    let mut answer = inner.call(call).await?.map(|body| {
        GrpcBody::new(body.map_frame(move |frame| {
            let _ = &place;
            frame
        }))
    });
    answer.extensions_mut().insert(LastsLong);
    Ok(answer)
}

/// Lets a call that has a token prove its connection. The call needs none, so it is served without a valid one, too.
///
/// # Errors
/// If the token is that of a user, and there is no place for the connection.
async fn prove<A: Authenticate>(
    standing: &Standing,
    headers: &HeaderMap,
    authenticate: &A,
    bounds: &Bounds,
) -> Result<(), Full> {
    if standing.is_process() || !headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let Ok(_place) = bounds.unverified(Some(standing)) else { return Ok(()) };
    match authenticate.authenticate(headers, &Waits::default()).await {
        Ok(caller) => standing.prove_as(&caller),
        Err(refusal) => {
            let status: Status = refusal.into();
            if status.code() == Code::Unauthenticated {
                bounds.is_refused_cheaply(Some(standing));
            }
            Ok(())
        }
    }
}
