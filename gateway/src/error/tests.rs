use std::collections::HashMap;

use tonic_types::ErrorDetails;

use super::*;

#[test]
fn a_reason_of_a_newer_version_has_the_http_status_of_its_code() {
    let table = [
        (Code::Ok, 200),
        (Code::Cancelled, 503),
        (Code::Unknown, 500),
        (Code::InvalidArgument, 400),
        (Code::DeadlineExceeded, 504),
        (Code::NotFound, 404),
        (Code::AlreadyExists, 409),
        (Code::PermissionDenied, 403),
        (Code::ResourceExhausted, 429),
        (Code::FailedPrecondition, 409),
        (Code::Aborted, 409),
        (Code::OutOfRange, 400),
        (Code::Unimplemented, 501),
        (Code::Internal, 500),
        (Code::Unavailable, 503),
        (Code::DataLoss, 500),
        (Code::Unauthenticated, 401),
    ];
    for (code, expected) in table {
        let details = ErrorDetails::with_error_info("NEWER", DOMAIN, HashMap::new());
        let error = ApiError::from(Status::with_error_details(code, "newer", details));
        assert_eq!((error.status.as_u16(), error.reason.as_ref()), (expected, "NEWER"), "{code:?}");
    }
}

#[test]
fn an_unknown_outcome_is_a_504_whatever_its_code() {
    for code in [Code::DeadlineExceeded, Code::Unavailable, Code::Unknown, Code::Internal] {
        let error = ApiError::from(status::outcome_unknown(code, "the outcome is unknown"));
        assert_eq!((error.status.as_u16(), error.code), (504, code));
    }
}

#[test]
fn only_a_request_without_a_token_gets_the_bare_challenge() {
    let challenge = |error: ApiError| error.challenge().to_str().unwrap().to_owned();
    let refusal = |it: Unauthenticated| ApiError::from(Refusal::from(it));
    assert_eq!(challenge(refusal(Unauthenticated::Missing)), "Bearer");
    let expired = r#"Bearer error="invalid_token", error_description="the token has expired""#;
    assert_eq!(challenge(refusal(Unauthenticated::Expired)), expired);
    let of_service = Status::from(Refusal::from(Unauthenticated::Expired));
    assert_eq!(challenge(of_service.into()), expired);
}

#[test]
fn the_text_of_a_foreign_error_does_not_reach_the_client() {
    let error = ApiError::from(Status::internal("password=secret"));
    assert_eq!((error.status.as_u16(), error.detail.as_str()), (500, "internal error"));
}

#[test]
fn violations_are_named_as_rest_names_fields() {
    let violation = Violation { field: "task.title".to_owned(), description: "must not be empty".to_owned() };
    let error = ApiError::invalid(vec![violation]);
    assert_eq!(error.violations()[0].field, "title");
    assert_eq!(error.status, StatusCode::BAD_REQUEST);
}

#[test]
fn the_detail_of_a_violation_names_the_field_as_the_violation_does() {
    let detail = |field: &str| {
        let violation = Violation { field: field.to_owned(), description: "must be else".to_owned() };
        let error = ApiError::invalid(vec![violation]);
        assert_eq!(error.detail, format!("{} must be else", error.violations()[0].field));
        error.detail
    };
    for (of_grpc, of_rest) in [
        ("task.title", "title"),
        ("task.action.worker_id", "action.worker_id"),
        ("worker.tags", "tags"),
        ("tag.value", "tag"),
        ("request_id", "Idempotency-Key"),
        ("etag", "If-Match"),
        ("update_mask", "body"),
        ("page_size", "page_size"),
        ("task_ids", "task_ids"),
    ] {
        assert_eq!(detail(of_grpc), format!("{of_rest} must be else"));
    }
}

#[test]
fn a_service_that_is_down_is_named_and_worth_another_try() {
    let error = ApiError::from(status::unavailable("task-service"));
    assert!(error.detail.contains("task-service") && error.is_retryable());
}

#[test]
fn a_message_that_a_service_did_not_get_in_time_is_not_the_fault_of_the_client() {
    let error =
        ApiError::from(status::with_reason(Reason::BodyTimeout, "the request message did not arrive"));
    assert_eq!(
        (error.status.as_u16(), error.reason(), error.is_retryable()),
        (503, "SERVICE_UNAVAILABLE", true)
    );
}

#[test]
fn a_token_that_cannot_be_verified_for_now_may_be_sent_again() {
    let error = ApiError::from(Refusal::IssuerUnavailable);
    assert_eq!((error.status.as_u16(), error.is_retryable()), (503, true));
    assert!(error.detail.contains("the token issuer"), "{}", error.detail);
}

#[test]
fn an_unknown_outcome_is_not_offered_for_a_blind_retry() {
    let error = ApiError::from(status::connection_lost("task-service"));
    assert_eq!((error.status.as_u16(), error.is_retryable()), (504, false));
}
