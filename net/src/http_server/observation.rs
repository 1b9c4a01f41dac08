//! A request that is being served: how it ends, on its span and in its one log line.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use http::response::Parts;
use http::{Method, StatusCode, header};
use platform::ip_text::IpText;
use telemetry::audit::Refusal;
use telemetry::semconv;
use telemetry::span::Span;

use super::request_span::{cut, resource_id};
use crate::client_address::ClientAddress;
use crate::event_stream::is_event_stream;
use crate::metrics::{self, ActiveRequest};
use crate::traced_body::{BodyEnd, Observe};

/// The reason of an error response, in the response's extensions; for the span.
#[derive(Clone, Debug)]
pub struct ErrorReason(pub Cow<'static, str>);

/// A request that is being served. If it is dropped before there is a response, the client has disconnected.
///
/// There is one for each open stream: its body and this have 224 bytes together, for which the allocator has a size.
pub(super) struct Observation {
    pub(super) span: Span,
    pub(super) active: ActiveRequest,
    pub(super) stage: Stage,
    pub(super) started: Instant,
    pub(super) method: Method,
    pub(super) client: Option<ClientAddress>,
    /// Whether the request is a health check whose log line nobody needs.
    pub(super) is_quiet: bool,
    /// `sub` of the caller, if the token is valid.
    pub(super) sub: Option<Arc<str>>,
    /// Why the token is not valid.
    pub(super) refusal: Option<tonic::Status>,
    pub(super) status: Option<StatusCode>,
    /// Boxed, because few requests have one.
    pub(super) reason: Option<Box<Cow<'static, str>>>,
    pub(super) is_stream: bool,
    /// Bytes of the body so far; the log has those of event streams only.
    pub(super) streamed: usize,
}

/// What has been told of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    InProgress,
    /// The span of an event stream has ended, and its duration is recorded.
    Measured,
    /// All of it.
    Finished,
}

/// How a request ended, if not with a complete response.
#[derive(Clone, Copy)]
enum Cut {
    /// The client disconnected while it read the response.
    ByClient,
    /// The client disconnected before there was a response.
    Abandoned,
    /// Reading the response body failed.
    BodyFailed,
    Panicked,
}

impl Cut {
    /// The value of `ccm.request.outcome`.
    fn name(self) -> &'static str {
        match self {
            Self::ByClient => "cut_by_client",
            Self::Abandoned => "abandoned_by_client",
            Self::BodyFailed => "failed",
            Self::Panicked => "panicked",
        }
    }

    /// The outcome in the log line.
    fn text(self) -> &'static str {
        match self {
            Self::ByClient => "cut by the client",
            Self::Abandoned => "abandoned by the client",
            Self::BodyFailed => "failed",
            Self::Panicked => "panicked",
        }
    }

    /// `error.type` and the description, if the server has failed.
    fn failure(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::BodyFailed => Some(("body", "the response body failed")),
            Self::Panicked => Some(("panic", "the request handler panicked")),
            Self::ByClient | Self::Abandoned => None,
        }
    }
}

impl Observation {
    /// Takes over the head of the response. `resource` is the attribute of what the request's path is about.
    pub(super) fn answered(
        mut self,
        response: &Parts,
        resource: Option<&'static str>,
        resources: &[(&str, &'static str)],
    ) -> Self {
        self.status = Some(response.status);
        self.reason = response.extensions.get().map(|it: &ErrorReason| Box::new(it.0.clone()));
        let location = response.headers.get(header::LOCATION).and_then(|it| it.to_str().ok());
        let created = location.and_then(|it| resource_id(it, resources));
        if let Some((attribute, id)) = created.filter(|it| resource != Some(it.0)) {
            self.span.record(|it| it.set(attribute, id.to_owned()));
        }
        if is_event_stream(&response.headers) {
            (self.is_stream, self.stage) = (true, Stage::Measured);
            // A stream goes on for hours; its span would tell nobody anything until then.
            self.end_span(None);
        }
        self
    }

    fn finish(&mut self, cut: Option<Cut>) {
        let stage = std::mem::replace(&mut self.stage, Stage::Finished);
        if stage == Stage::Finished {
            return;
        }
        self.span.in_scope(|| {
            self.audit();
            self.log(cut.map_or("complete", Cut::text));
        });
        if stage == Stage::InProgress {
            self.end_span(cut);
        }
    }

    /// Adds a line to the audit log if the request was refused because of its token. A token that a service refuses is in the
    /// audit log of the service.
    fn audit(&self) {
        let Some(refusal) = self.refusal.as_ref().filter(|_| self.status == Some(StatusCode::UNAUTHORIZED))
        else {
            return;
        };
        let refused = Refusal {
            method: cut(self.method.as_str()),
            route: self.active.route(),
            client: self.client.map(|it| it.0),
            reason: self.reason.as_deref().map(|it| &**it),
            cause: Some(refusal.message()),
            ..Refusal::default()
        };
        refused.of_token();
    }

    fn log(&self, outcome: &'static str) {
        let duration_ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        let (method, route) = (cut(self.method.as_str()), self.active.route());
        let (status, sent_bytes) =
            (self.status.map(|it| it.as_u16()), self.is_stream.then_some(self.streamed));
        let client = self.client.map(|it| IpText::of(it.0));
        let client = client.as_ref().map(IpText::as_str);
        let sub = self.sub.as_deref();
        if self.is_quiet && outcome == "complete" && self.status.is_some_and(|it| it.is_success()) {
            tracing::debug!(method, route, status, duration_ms, sub, sent_bytes, outcome, client, "request");
        } else {
            tracing::info!(method, route, status, duration_ms, sub, sent_bytes, outcome, client, "request");
        }
    }

    /// Ends the span and records the duration.
    fn end_span(&mut self, cut: Option<Cut>) {
        let (status, reason) = (self.status, self.reason.take().map(|it| *it));
        let failed = status.filter(StatusCode::is_server_error);
        let failure: Option<(Cow<'static, str>, Cow<'static, str>)> =
            match (cut.and_then(Cut::failure), failed) {
                (Some((error_type, description)), _) => Some((error_type.into(), description.into())),
                (None, Some(status)) => {
                    let text = status.canonical_reason().unwrap_or("server error");
                    Some((status.as_str().to_owned().into(), reason.clone().unwrap_or(text.into())))
                }
                (None, None) => None,
            };
        let error_type = failure.as_ref().map(|it| it.0.clone());
        let took = self.started.elapsed();
        if let Some(reason) = &reason {
            metrics::request_refused(reason.clone());
        }
        self.active.took(took, (status, error_type));
        self.span.record(|it| {
            it.set_some(semconv::HTTP_RESPONSE_STATUS_CODE, status.map(|it| i64::from(it.as_u16())));
            it.set_some(semconv::CCM_REQUEST_OUTCOME, cut.map(Cut::name));
            it.set_some(semconv::CCM_ERROR_REASON, reason);
            if let Some((error_type, description)) = failure {
                it.fail(error_type, description);
            }
        });
        self.span.end();
    }
}

impl Observe for Observation {
    fn span(&self) -> &Span {
        &self.span
    }

    fn sent(&mut self, bytes: usize) {
        self.streamed = self.streamed.saturating_add(bytes);
    }

    fn end(mut self, end: BodyEnd<'_>) {
        self.finish(match end {
            BodyEnd::Complete(_) => None,
            BodyEnd::Dropped if self.method == Method::HEAD => None,
            BodyEnd::Dropped => Some(Cut::ByClient),
            BodyEnd::Failed => Some(Cut::BodyFailed),
        });
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && self.stage != Stage::Finished;
        self.finish(Some(if panicked { Cut::Panicked } else { Cut::Abandoned }));
    }
}
