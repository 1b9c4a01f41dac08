//! Metrics of HTTP requests. All requests of a route, method, scheme and version share what their series are found by, so that
//! a request looks it up once.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use http::StatusCode;
use telemetry::metrics::{
    CALL_SECONDS, Catalog, Counter, Definition, Histogram, HistogramSeries, KeyValue, UpDownCounter,
    UpDownSeries, Variants,
};
use telemetry::semconv::{
    CCM_ERROR_REASON, ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
    NETWORK_PROTOCOL_VERSION, URL_SCHEME,
};

static HTTP_DURATION: Histogram = Histogram::new(
    "http.server.request.duration",
    "Duration of HTTP requests, until the end of the response; of event streams, until its head.",
    CALL_SECONDS,
    &[
        HTTP_REQUEST_METHOD,
        URL_SCHEME,
        HTTP_ROUTE,
        HTTP_RESPONSE_STATUS_CODE,
        ERROR_TYPE,
        NETWORK_PROTOCOL_VERSION,
    ],
);
static HTTP_ACTIVE: UpDownCounter = UpDownCounter::new(
    "http.server.active_requests",
    "{request}",
    "HTTP requests that are being served, event streams included.",
    &[HTTP_REQUEST_METHOD, URL_SCHEME],
);
static HTTP_REFUSED: Counter = Counter::new(
    "cml_cloud_manager.requests.refused",
    "{request}",
    "HTTP requests that were answered with an error, by its reason.",
    &[CCM_ERROR_REASON],
);

/// The instruments of this file, in the order of docs/metrics.md.
pub(super) fn definitions() -> Vec<&'static Definition> {
    vec![HTTP_DURATION.definition(), HTTP_ACTIVE.definition(), HTTP_REFUSED.definition()]
}

/// What requests are told apart by, beside their route.
#[derive(Clone, Copy, PartialEq)]
struct Variant {
    method: &'static str,
    is_https: bool,
    version: &'static str,
}

/// The series of requests with one route, method, scheme and version.
struct Requests {
    route: Option<Box<str>>,
    variant: Variant,
    active: OnceLock<UpDownSeries>,
    /// The series of what was answered without an error, by status.
    durations: RwLock<Variants<StatusCode, HistogramSeries>>,
}

impl Requests {
    fn of(route: Option<&str>, variant: Variant) -> Arc<Self> {
        static ALL: Catalog<Variant, Arc<Requests>> = Catalog::new();
        let first = || {
            let (route, durations) = (route.map(Box::from), RwLock::default());
            Arc::new(Self { route, variant, active: OnceLock::new(), durations })
        };
        // No route is empty.
        ALL.get(route.unwrap_or_default(), variant, first)
    }

    fn count(&self, change: i64) {
        if self.active.get().is_none()
            && let Some(active) = HTTP_ACTIVE.series(&self.attributes())
        {
            // Of two at once, either is the series.
            let _ = self.active.set(active);
        }
        if let Some(active) = self.active.get() {
            active.add(change);
        }
    }

    fn took(&self, duration: Duration, status: StatusCode) {
        let durations = self.durations.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = durations.get(&status) {
            return known.record(duration);
        }
        drop(durations);
        if let Some(first) = HTTP_DURATION.first(duration, &self.all_attributes(Some(status), None)) {
            self.durations.write().unwrap_or_else(PoisonError::into_inner).keep(status, first);
        }
    }

    fn attributes(&self) -> [KeyValue; 2] {
        let Variant { method, is_https, .. } = self.variant;
        [KeyValue::new(HTTP_REQUEST_METHOD, method), KeyValue::new(URL_SCHEME, scheme(is_https))]
    }

    fn all_attributes(
        &self,
        status: Option<StatusCode>,
        error_type: Option<Cow<'static, str>>,
    ) -> Vec<KeyValue> {
        let mut attributes = Vec::with_capacity(6);
        attributes.extend(self.attributes());
        attributes.push(KeyValue::new(NETWORK_PROTOCOL_VERSION, self.variant.version));
        attributes.extend(self.route.as_deref().map(|it| KeyValue::new(HTTP_ROUTE, it.to_owned())));
        attributes.extend(status.map(|it| KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(it.as_u16()))));
        attributes.extend(error_type.map(|it| KeyValue::new(ERROR_TYPE, it)));
        attributes
    }
}

/// A request of a route. Counts as active until this is dropped.
pub(crate) struct ActiveRequest(Arc<Requests>);

impl ActiveRequest {
    /// `route` is the template that the request matched, `method` a standard one or `_OTHER`, and `version` that of
    /// HTTP: `1.1`.
    pub(crate) fn begin(
        route: Option<&str>,
        method: &'static str,
        is_https: bool,
        version: &'static str,
    ) -> Self {
        let requests = Requests::of(route, Variant { method, is_https, version });
        requests.count(1);
        Self(requests)
    }

    /// The template that the request matched.
    pub(crate) fn route(&self) -> Option<&str> {
        self.0.route.as_deref()
    }

    /// Records the duration. A series that is bound stays for good; so those that anybody can provoke, errors of all routes and
    /// methods, are not bound.
    pub(crate) fn took(
        &self,
        duration: Duration,
        (status, error_type): (Option<StatusCode>, Option<Cow<'static, str>>),
    ) {
        if !HTTP_DURATION.is_recorded() {
            return;
        }
        match status.filter(|it| it.as_u16() < 400 && error_type.is_none()) {
            Some(status) => self.0.took(duration, status),
            None => HTTP_DURATION.record(duration, &self.0.all_attributes(status, error_type)),
        }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.count(-1);
    }
}

/// The value of `url.scheme`.
pub(crate) fn scheme(is_https: bool) -> &'static str {
    if is_https { "https" } else { "http" }
}

/// Counts a request that was answered with an error.
pub(crate) fn request_refused(reason: Cow<'static, str>) {
    HTTP_REFUSED.add(1, &[KeyValue::new(CCM_ERROR_REASON, reason)]);
}

/// Makes the series of all reasons with which this process can answer an HTTP request.
pub fn start_refused(reasons: impl IntoIterator<Item = &'static str>) {
    for reason in reasons {
        HTTP_REFUSED.add(0, &[KeyValue::new(CCM_ERROR_REASON, reason)]);
    }
}
