//! The gateway's way to the `ccm up` that runs it: the socket on which `ccm up` answers `ccm trace`, too.

use std::path::PathBuf;
use std::time::Duration;

use gateway::supervisor::{Asked, NoReply, Supervisor, TraceQuery, TraceReply};
use serde::de::DeserializeOwned;

use crate::trace::{self, PageReply, Request};

/// How long the gateway waits for a reply.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The socket at a path.
pub(crate) struct SupervisorSocket(pub(crate) PathBuf);

impl SupervisorSocket {
    async fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, NoReply> {
        match tokio::time::timeout(TIMEOUT, trace::send(&self.0, request)).await {
            Err(_) => Err(NoReply::TimedOut),
            Ok(reply) => reply.map_err(|error| NoReply::Failed(error.into())),
        }
    }
}

impl Supervisor for SupervisorSocket {
    fn traces(&self, query: TraceQuery) -> Asked<'_, TraceReply> {
        Box::pin(async move {
            Ok(match self.ask(&Request::Page(query)).await? {
                PageReply::Document { tag, json } => {
                    TraceReply::Document { tag, json: Box::<str>::from(json).into() }
                }
                PageReply::NotModified { tag } => TraceReply::NotModified { tag },
                PageReply::NotFound => TraceReply::NotFound,
                PageReply::Elsewhere { destination } => TraceReply::Elsewhere(destination),
            })
        })
    }
}
