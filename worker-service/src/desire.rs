//! The use case SetDesiredState.

use access::Caller;
use platform::violation::Violations;
use proto::worker::v1::SetDesiredStateRequest;
use uuid::Uuid;

use crate::convert;
use crate::error::WorkerError;
use crate::grpc::Workers;
use crate::store::Answer;
use crate::worker::DomainError;

impl Workers {
    /// Sets the desired state of a worker on behalf of the person that the caller names, or of the caller.
    pub(crate) async fn desire(
        &self,
        request: SetDesiredStateRequest,
        caller: Caller,
    ) -> Result<Answer, WorkerError> {
        let id = Uuid::try_parse(&request.id).map_err(|_| WorkerError::NotFound)?;
        let mut violations = Violations::default();
        let set_by = caller.on_behalf_of.as_deref().unwrap_or(&caller.sub);
        let desire = convert::desire(&request, set_by, &mut violations);
        let Some(desire) = desire.filter(|_| violations.is_empty()) else {
            return Err(DomainError::Invalid(violations.into_vec()).into());
        };
        let (event_id, now) = (self.clock.new_id(), self.clock.now());
        self.store.desire(id, request.request_id, desire, event_id, now, caller).await
    }
}
