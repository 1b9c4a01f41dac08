//! The gateway's way to the `ccm up` that runs it: the socket on which `ccm up` answers `ccm trace`, too.

use std::path::PathBuf;
use std::time::Duration;

use gateway::supervisor::{Asked, CodeReply, NoReply, Supervisor, TraceQuery, TraceReply};
use serde::de::DeserializeOwned;

use crate::login;
use crate::trace::{self, PageReply, Request};

/// How long the gateway waits for a reply.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) struct SupervisorSocket {
    pub(crate) path: PathBuf,
    pub(crate) keeps_traces: bool,
}

impl SupervisorSocket {
    async fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, NoReply> {
        match tokio::time::timeout(TIMEOUT, trace::send(&self.path, request)).await {
            Err(_) => Err(NoReply::TimedOut),
            Ok(reply) => reply.map_err(|error| NoReply::Failed(error.into())),
        }
    }
}

impl Supervisor for SupervisorSocket {
    fn keeps_traces(&self) -> bool {
        self.keeps_traces
    }

    fn traces(&self, query: TraceQuery) -> Asked<'_, TraceReply> {
        Box::pin(async move {
            Ok(match self.ask(&Request::Page(query)).await? {
                PageReply::Document { tag, json } => {
                    TraceReply::Document { tag, json: Box::<str>::from(json).into() }
                }
                PageReply::NotModified { tag } => TraceReply::NotModified { tag },
                PageReply::NotFound { since } => TraceReply::NotFound { since },
                PageReply::Elsewhere { destination } => TraceReply::Elsewhere(destination),
            })
        })
    }

    fn redeem(&self, code: String) -> Asked<'_, CodeReply> {
        Box::pin(async move {
            let directory = self.path.parent().unwrap_or(&self.path);
            let (path, request) = (login::socket(directory), login::Request::Redeem { code });
            match tokio::time::timeout(TIMEOUT, login::exchange(&path, &request)).await {
                Err(_) => Err(NoReply::TimedOut),
                Ok(reply) => reply.map_err(|error| NoReply::Failed(error.into())),
            }
        })
    }
}
