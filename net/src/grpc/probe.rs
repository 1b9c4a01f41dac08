//! Calls of the health service and of reflection, which need no token and have no span.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt as _;
use tonic::body::Body as GrpcBody;
use tower::{BoxError, Service};

use super::limits::Bounds;
use super::message_body::{Received, RequestBody};
use crate::server::{ConnectionStanding, LastsLong};

/// Serves a call of the health service or of reflection, which needs no token, and may last for long.
pub(super) async fn serve<S, B, R>(
    mut inner: S,
    call: Request<B>,
    bounds: Bounds,
) -> Result<Response<GrpcBody>, S::Error>
where
    S: Service<Request<RequestBody<B>>, Response = Response<R>>,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let place = match bounds.probe(ConnectionStanding::of(call.extensions()).as_deref()) {
        Ok(place) => place,
        Err(full) => return Ok(full.into_http()),
    };
    let call = call.map(|body| RequestBody::new(body, Received::of(None), None));
    let mut answer = inner.call(call).await?.map(|body| {
        GrpcBody::new(body.map_frame(move |frame| {
            let _ = &place;
            frame
        }))
    });
    answer.extensions_mut().insert(LastsLong);
    Ok(answer)
}
