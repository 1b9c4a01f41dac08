//! The gRPC statuses of database errors.

use net::grpc::status::{self, Reason};
use platform::causes::chain;
use storage::StorageError;
use telemetry::database::DescribeFailure as _;
use tonic::{Code, Status};

/// Returns the status for a database error of `service`, without internal details, and logs the error.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "consuming the error ensures that it is logged only once")]
pub fn storage_failed(service: &'static str, error: StorageError) -> Status {
    tracing::error!(error = chain(&error), "database call failed");
    match error {
        StorageError::Unavailable(_)
        | StorageError::Unreachable(_)
        | StorageError::FileGone
        | StorageError::RolledBack => {
            let what = format!("cannot use its database: {}", error.failure().description);
            status::unavailable_because(service, Reason::DatabaseUnavailable, &what)
        }
        StorageError::OutcomeUnknown(_) => {
            let message = "the connection to the database was lost during the commit; the outcome is unknown";
            status::outcome_unknown(Code::Unknown, message)
        }
        StorageError::Interrupted => {
            let message = "internal error; the outcome is unknown";
            status::outcome_unknown(Code::Internal, message)
        }
        StorageError::Url(_)
        | StorageError::Unsuitable(_)
        | StorageError::Damaged { .. }
        | StorageError::Migration(_)
        | StorageError::NotMigrated { .. }
        | StorageError::Failed(_)
        | StorageError::Corrupt { .. } => status::internal(),
    }
}

#[cfg(test)]
mod tests {
    use storage::sqlx;

    use super::*;

    #[test]
    fn internal_errors_reveal_nothing_about_the_database() {
        let error = StorageError::from(sqlx::Error::ColumnNotFound("secret".to_owned()));
        let status = storage_failed("task-service", error);
        assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    }

    #[test]
    fn a_pool_without_a_free_connection_is_unavailable() {
        let status = storage_failed("task-service", sqlx::Error::PoolTimedOut.into());
        assert_eq!(status.code(), Code::Unavailable);
        let text = "task-service cannot use its database: no connection of the pool became free in time";
        assert_eq!(status.message(), text);
    }
}
