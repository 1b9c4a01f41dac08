//! Secrets that nothing of a full test run may contain: each process is checked at its end for what it has written, and each
//! collector for the spans that it has received.

use std::collections::BTreeSet;
use std::sync::Mutex;

use telemetry::otlp::Span;

/// What the tests have given to processes: passwords of URLs, client secrets, private keys. Tokens are found by their form.
static GIVEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// A shorter secret occurs by chance.
const MIN_LENGTH: usize = 8;

fn given(secret: &str) {
    if secret.len() >= MIN_LENGTH {
        GIVEN.lock().unwrap().insert(secret.to_owned());
    }
}

/// Remembers the secrets among the settings of a process.
pub(super) fn note_environment(environment: &[(String, String)]) {
    for (name, value) in environment {
        if name.ends_with("SECRET") || name.ends_with("PASSWORD") {
            given(value);
        }
        let userinfo = value.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        if let Some((_, password)) = userinfo.and_then(|(userinfo, _)| userinfo.split_once(':')) {
            given(password);
        }
    }
}

/// Remembers the content of a private key in PEM.
pub(super) fn note_private_key(pem: &str) {
    pem.lines().filter(|it| !it.starts_with("-----")).for_each(given);
}

/// Fails if a process has written a secret. `may_print_token` is for the commands that exist to print one.
#[track_caller]
pub(super) fn assert_none_in(lines: &[String], may_print_token: bool) {
    // A panic within the drop of a test that fails would end the whole run.
    if std::thread::panicking() {
        return;
    }
    for line in lines {
        let is_printed_token = may_print_token && !line.starts_with('{');
        assert!(is_printed_token || !has_token(line), "a process has written a token: {line}");
        assert!(!has_given(line), "a process has written a secret: {line}");
    }
}

/// Fails if a span shows a secret.
#[track_caller]
pub(super) fn assert_none_in_spans(spans: &[Span]) {
    if std::thread::panicking() {
        return;
    }
    for span in spans {
        let values = span.attributes.values().map(ToString::to_string);
        for text in values.chain([span.name.clone(), span.description.clone(), span.tracestate.clone()]) {
            assert!(!has_token(&text) && !has_given(&text), "a span shows a secret: {span:?}");
        }
    }
}

fn has_given(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || GIVEN.lock().unwrap().iter().any(|it| text.contains(it.as_str()))
}

/// Whether a text contains a JSON Web Token: two JSON objects in base64url, and a signature.
fn has_token(text: &str) -> bool {
    let is_inside = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    text.split(|it| !is_inside(it)).any(|run| {
        let parts: Vec<&str> = run.split('.').collect();
        parts.windows(2).any(|it| it[0].contains("eyJ") && it[1].starts_with("eyJ"))
    })
}

#[cfg(test)]
mod tests {
    use crate::harness::Process;

    const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";

    #[tokio::test]
    #[should_panic(expected = "a process has written a token")]
    async fn a_process_that_writes_a_token_fails_its_test() {
        let print = format!(r#"echo '{{"message":"called with Bearer {TOKEN}"}}'"#);
        Process::spawn_by(&["sh", "-c", &print], &["gateway"], &[]).ended().await;
    }

    #[tokio::test]
    #[should_panic(expected = "a process has written a secret")]
    async fn a_process_that_writes_the_password_of_its_database_fails_its_test() {
        let url = "postgres://ada:correct-horse@db/x".to_owned();
        let set = [("CCM_TASK_DATABASE".to_owned(), url)];
        let print = "echo cannot reach $CCM_TASK_DATABASE >&2";
        Process::spawn_by(&["sh", "-c", print], &["task-service"], &set).ended().await;
    }
}
