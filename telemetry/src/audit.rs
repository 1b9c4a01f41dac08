//! The audit log: a line for each change and for each one that was refused. Its lines are log events of the target
//! [`TARGET`], which no log filter switches off, and which can be written to a file of their own.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::Context;
use serde_json::{Map, Value};

/// The target of the events of the audit log.
pub const TARGET: &str = "audit";

/// The fields of audit lines whose texts are JSON and are written as such.
pub(crate) const JSON_FIELDS: [&str; 4] = ["roles", "changed", "before", "after"];

/// The caller of a request, as log lines name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// `sub` of the token.
    pub sub: Arc<str>,
    /// The roles of the token that this product knows.
    pub roles: Vec<&'static str>,
    /// `sub` of the person on whose behalf a service makes the request.
    pub on_behalf_of: Option<String>,
}

/// A change of one thing.
#[derive(Clone, Debug)]
pub struct Change {
    /// Who made it.
    pub who: Who,
    /// Type of the event that the change left: `task.updated`.
    pub event_type: &'static str,
    /// Id of that event.
    pub event_id: String,
    /// Kind of the changed thing: `task`.
    pub subject_kind: &'static str,
    /// Id of the changed thing.
    pub subject_id: String,
    /// Revision of the changed thing after the change.
    pub revision: i64,
    /// The names of the changed fields; all that are set if the thing is new.
    pub changed: Vec<String>,
    /// The values of changed fields before, without free text.
    pub before: Map<String, Value>,
    /// The values of changed fields after, without free text.
    pub after: Map<String, Value>,
}

impl Change {
    /// Writes the line of a change that was committed, or, unless `is_known`, of one whose commit was not answered.
    pub fn write(&self, is_known: bool) {
        let Self { event_type, event_id, subject_kind, subject_id, revision, .. } = self;
        let (sub, on_behalf_of) = (&*self.who.sub, self.who.on_behalf_of.as_deref());
        let (roles, changed) = (json(&self.who.roles), json(&self.changed));
        let (before, after) = (json(&self.before), json(&self.after));
        let message = if is_known { "changed" } else { "changed, or not: the commit was not answered" };
        tracing::info!(
            target: TARGET,
            sub,
            roles,
            on_behalf_of,
            event_type,
            event_id,
            subject_kind,
            subject_id,
            revision,
            changed,
            before,
            after,
            "{message}"
        );
    }
}

/// Something that was refused to a caller, or to somebody without a valid token.
#[derive(Clone, Debug, Default)]
pub struct Refusal<'a> {
    /// The caller, if the token is valid.
    pub who: Option<&'a Who>,
    /// HTTP method, or full name of the gRPC method.
    pub method: &'a str,
    /// Route of a request over HTTP.
    pub route: Option<&'a str>,
    /// Address of the other end of the connection, or what trusted proxies report.
    pub client: Option<std::net::IpAddr>,
    /// A name of docs/errors.md.
    pub reason: Option<&'a str>,
    /// What is wrong with the token, in words that quote nothing of it.
    pub cause: Option<&'a str>,
    /// Names and values of the attributes with the ids of what the request is about.
    pub about: Vec<(&'static str, String)>,
}

impl Refusal<'_> {
    /// Writes the line of a request that the caller may not make, or whose change is about something that the caller may not
    /// see.
    pub fn of_permission(&self) {
        self.write("refused");
    }

    /// Writes the line of a request without a valid token.
    pub fn of_token(&self) {
        self.write("authentication refused");
    }

    fn write(&self, message: &'static str) {
        let Self { method, route, reason, cause, .. } = self;
        let sub = self.who.map(|it| &*it.sub);
        let roles = self.who.map(|it| json(&it.roles));
        let on_behalf_of = self.who.and_then(|it| it.on_behalf_of.as_deref());
        let client = self.client.map(tracing::field::display);
        let about = |attribute| self.about.iter().find(|it| it.0 == attribute).map(|it| it.1.as_str());
        let (task_id, worker_id) = (about(crate::semconv::CCM_TASK_ID), about(crate::semconv::CCM_WORKER_ID));
        tracing::info!(
            target: TARGET,
            sub,
            roles,
            on_behalf_of,
            method,
            route,
            reason,
            cause,
            task_id,
            worker_id,
            client,
            "{message}"
        );
    }
}

/// What happened to a session of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session<'a> {
    /// It was begun.
    Begun,
    /// It was ended.
    Ended,
    /// It was not begun, or not let change something; with the reason.
    Refused(&'a str),
}

impl Session<'_> {
    /// Writes the line of a session. `who` is the caller, if the token is valid.
    pub fn write(self, who: Option<&Who>, client: Option<std::net::IpAddr>) {
        let (message, reason) = match self {
            Self::Begun => ("session begun", None),
            Self::Ended => ("session ended", None),
            Self::Refused(reason) => ("session refused", Some(reason)),
        };
        let (sub, roles) = (who.map(|it| &*it.sub), who.map(|it| json(&it.roles)));
        let client = client.map(tracing::field::display);
        tracing::info!(target: TARGET, sub, roles, reason, client, "{message}");
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Collects the ids of what a request is about, as its span does, whether the span is sampled or not.
#[derive(Clone, Default)]
pub struct About(Arc<Mutex<Vec<(&'static str, String)>>>);

impl About {
    /// The ids so far, each with the name of its attribute.
    #[must_use]
    pub fn ids(&self) -> Vec<(&'static str, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A context within which [`crate::span::set_on_current`] adds to this collection.
    #[must_use]
    pub fn within(&self, context: &Context) -> Context {
        context.with_value(self.clone())
    }

    pub(crate) fn add(context: &Context, attribute: &'static str, value: &impl fmt::Display) {
        if let Some(about) = context.get::<Self>() {
            let mut ids = about.0.lock().unwrap_or_else(PoisonError::into_inner);
            if ids.iter().all(|it| it.0 != attribute) {
                ids.push((attribute, value.to_string()));
            }
        }
    }
}

impl fmt::Debug for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("About").field(&self.ids()).finish()
    }
}
