//! What the caller of a service is told when its database fails.

use net::grpc::status::{self, Reason};
use storage::StorageError;
use tonic::{Code, Status};

/// What the caller of `service` is told. The cause goes to the log, here and nowhere else.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "an error is told once: nobody is to use it again")]
pub fn storage_failed(service: &'static str, error: StorageError) -> Status {
    let cause: &dyn std::error::Error = &error;
    tracing::error!(error = cause, "database call failed");
    match error {
        StorageError::Unavailable(_) => {
            status::unavailable_because(service, Reason::DatabaseUnavailable, "has no database")
        }
        StorageError::OutcomeUnknown(_) => {
            let message = "the database went away during the commit; the outcome is unknown";
            status::outcome_unknown(Code::Unknown, message)
        }
        StorageError::Interrupted => {
            let message = "internal error; the outcome is unknown";
            status::outcome_unknown(Code::Internal, message)
        }
        StorageError::Url(_)
        | StorageError::Migration(_)
        | StorageError::Failed(_)
        | StorageError::Corrupt { .. } => status::internal(),
    }
}

#[cfg(test)]
mod tests {
    use storage::sqlx;

    use super::*;

    #[test]
    fn internal_errors_tell_the_caller_nothing_of_the_database() {
        let error = StorageError::Failed(sqlx::Error::ColumnNotFound("secret".to_owned()));
        let status = storage_failed("task-service", error);
        assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    }

    #[test]
    fn a_pool_without_a_free_connection_is_worth_another_try() {
        let status = storage_failed("task-service", sqlx::Error::PoolTimedOut.into());
        assert_eq!(status.code(), Code::Unavailable);
    }
}
