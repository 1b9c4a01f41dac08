//! A provider whose calls are measured, whoever makes them.

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use super::{CallOrigin, Machine, MachinePage, MachineSpec, Provider, ProviderError, TagChange};
use crate::metrics;

/// Measures the calls of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Observed {
    name: &'static str,
    provider: Arc<dyn Provider>,
}

impl Observed {
    /// `name` is that of the kind of provider: `simulated`.
    pub(crate) fn new(name: &'static str, provider: Arc<dyn Provider>) -> Self {
        Self { name, provider }
    }

    async fn measured<T>(
        &self,
        call: &'static str,
        answer: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let mut measured =
            Measured { provider: self.name, call, begun: Instant::now(), error_type: Some("abandoned") };
        let answer = answer.await;
        measured.error_type = answer.as_ref().err().map(ProviderError::class);
        answer
    }
}

/// A call that has begun; it has ended when this is dropped.
struct Measured {
    provider: &'static str,
    call: &'static str,
    begun: Instant,
    error_type: Option<&'static str>,
}

impl Drop for Measured {
    fn drop(&mut self) {
        metrics::provider_called(self.provider, self.call, self.error_type, self.begun.elapsed());
    }
}

#[tonic::async_trait]
impl Provider for Observed {
    async fn create(&self, spec: &MachineSpec, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.measured("create", self.provider.create(spec, origin)).await
    }

    async fn start(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.measured("start", self.provider.start(id, origin)).await
    }

    async fn stop(&self, id: &str, force: bool, origin: CallOrigin) -> Result<Machine, ProviderError> {
        let call = if force { "force_stop" } else { "stop" };
        self.measured(call, self.provider.stop(id, force, origin)).await
    }

    async fn terminate(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.measured("terminate", self.provider.terminate(id, origin)).await
    }

    async fn tag(&self, id: &str, change: &TagChange, origin: CallOrigin) -> Result<(), ProviderError> {
        self.measured("tag", self.provider.tag(id, change, origin)).await
    }

    async fn describe(&self, id: &str) -> Result<Option<Machine>, ProviderError> {
        self.measured("describe", self.provider.describe(id)).await
    }

    async fn find(&self, worker_id: Uuid) -> Result<Vec<Machine>, ProviderError> {
        self.measured("find", self.provider.find(worker_id)).await
    }

    async fn list(&self, page: Option<&str>) -> Result<MachinePage, ProviderError> {
        self.measured("list", self.provider.list(page)).await
    }
}
