//! The gRPC code, the HTTP status and the wire text of each error reason. Both matches are exhaustive, so a new reason
//! does not compile until it has a code and a status.

use tonic::Code;

use crate::ContractEnum as _;
use crate::error::v1::Reason;

impl Reason {
    /// Returns the gRPC code. [`Reason::OutcomeUnknown`] has several codes, which its comment in the contract lists; this
    /// function returns the code for an expired deadline.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Unspecified => Code::Unknown,
            Self::InvalidInput
            | Self::IdempotencyKeyReused
            | Self::UnreadableMessage
            | Self::UnsupportedMediaType
            | Self::InvalidJson
            | Self::HeaderTooLarge
            | Self::TargetTooLong
            | Self::BodyIncomplete
            | Self::BodyTooLarge
            | Self::SessionTooLarge
            | Self::MachineNotFound => Code::InvalidArgument,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::RoleRequired
            | Self::ChangeNotAllowed
            | Self::DeleteNotAllowed
            | Self::OnBehalfNotAllowed
            | Self::CrossOrigin
            | Self::SignInCodeRefused => Code::PermissionDenied,
            Self::TaskNotFound
            | Self::WorkerNotFound
            | Self::NoSuchRoute
            | Self::TracesNotKept
            | Self::TraceNotFound
            | Self::NoSignInCodes => Code::NotFound,
            Self::WorkerExists => Code::AlreadyExists,
            Self::EtagMismatch => Code::Aborted,
            Self::IllegalStatus
            | Self::WorkerIsLive
            | Self::IllegalAction
            | Self::ActionSuperseded
            | Self::ActionIsLive => Code::FailedPrecondition,
            Self::HistoryGone => Code::OutOfRange,
            Self::MessageTooLarge
            | Self::MetadataTooLarge
            | Self::ReaderTooSlow
            | Self::TooManySnapshots
            | Self::TooManyWatchers
            | Self::RateLimited
            | Self::RefreshThrottled => Code::ResourceExhausted,
            Self::MethodNotAllowed | Self::UnsupportedTransferCoding => Code::Unimplemented,
            Self::IssuerUnavailable
            | Self::StreamEnded
            | Self::ServiceUnavailable
            | Self::DatabaseUnavailable
            | Self::Overloaded
            | Self::ProviderUnavailable => Code::Unavailable,
            Self::TimedOut | Self::OutcomeUnknown | Self::BodyTimeout => Code::DeadlineExceeded,
            Self::UpstreamFailed | Self::Internal => Code::Internal,
        }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn http_status(self) -> u16 {
        match self {
            Self::InvalidInput
            | Self::UnreadableMessage
            | Self::HistoryGone
            | Self::InvalidJson
            | Self::BodyIncomplete
            | Self::MachineNotFound => 400,
            Self::Unauthenticated => 401,
            Self::RoleRequired
            | Self::ChangeNotAllowed
            | Self::DeleteNotAllowed
            | Self::OnBehalfNotAllowed
            | Self::CrossOrigin
            | Self::SignInCodeRefused => 403,
            Self::TaskNotFound
            | Self::WorkerNotFound
            | Self::NoSuchRoute
            | Self::TracesNotKept
            | Self::TraceNotFound
            | Self::NoSignInCodes => 404,
            Self::MethodNotAllowed => 405,
            Self::BodyTimeout => 408,
            Self::IllegalStatus
            | Self::WorkerExists
            | Self::WorkerIsLive
            | Self::IllegalAction
            | Self::ActionSuperseded
            | Self::ActionIsLive => 409,
            Self::EtagMismatch => 412,
            Self::BodyTooLarge | Self::SessionTooLarge => 413,
            Self::TargetTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReused => 422,
            Self::MessageTooLarge
            | Self::ReaderTooSlow
            | Self::TooManySnapshots
            | Self::TooManyWatchers
            | Self::RateLimited
            | Self::RefreshThrottled => 429,
            Self::HeaderTooLarge | Self::MetadataTooLarge => 431,
            Self::Unspecified | Self::UpstreamFailed | Self::Internal => 500,
            Self::UnsupportedTransferCoding => 501,
            Self::IssuerUnavailable
            | Self::StreamEnded
            | Self::ServiceUnavailable
            | Self::DatabaseUnavailable
            | Self::Overloaded
            | Self::ProviderUnavailable => 503,
            Self::TimedOut | Self::OutcomeUnknown => 504,
        }
    }

    /// Returns the text in `google.rpc.ErrorInfo.reason`: `TASK_NOT_FOUND`, for example.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.short_name()
    }

    /// Returns the reason with this text; `None` if this version does not know it.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::values().find(|it| it.text() == text)
    }
}
