//! A URL in a setting may have a password, also where the URL is wrong.

use crate::harness::Process;

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_the_endpoint_of_the_telemetry_is_in_no_message() {
    let directory = tempfile::tempdir().unwrap();
    access::local::LocalIssuer::open_or_create(directory.path()).unwrap();
    let keys = access::local::public_keys_path(directory.path()).display().to_string();
    for endpoint in ["http://ada:s3cret@ho st:4317", "http://ada:s'3cret@ho st", "ada:s3cret@ho st:4317"] {
        let environment = [("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), endpoint.to_owned())];
        let mut process =
            Process::spawn(&["task-service", "--local-keys", &keys, "--listen", "127.0.0.1:0"], &environment);
        assert_eq!(process.ended().await.code(), Some(1), "{endpoint}");
        let text = process.lines().all().join("\n");
        assert!(text.contains("ccm: the OTLP exporter cannot be set up: "), "{text}");
        assert!(text.contains("ada@ho st") && !text.contains("3cret"), "{endpoint}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_a_url_is_in_no_message() {
    let wrong = "http://ada:s3cret@ho st:8000";
    let cases: [(&[&str], &str); 8] = [
        (
            &["task", "list", "--token", "x", "--gateway", wrong],
            "\"http://ada@ho st:8000\" is not the URL of a gateway",
        ),
        (&["doctor", "--gateway", wrong], "\"http://ada@ho st:8000\" is not the URL of a gateway"),
        (
            &["whoami", "--token", "x", "--gateway", "ftp://ada:s3cret@host"],
            "must begin with http:// or https://",
        ),
        (
            &["whoami", "-v", "--token", "x", "--gateway", "http://ada:s3cret@127.0.0.1:9"],
            "GET http://127.0.0.1:9/",
        ),
        (&["task", "list", "--oidc-issuer", "ftp://ada:s3cret@issuer"], "invalid value 'ftp://ada@issuer'"),
        (&["postgres://ccm:s3cret@db/tasks"], "unrecognized subcommand 'postgres://ccm@db/tasks'"),
        (&["gateway", "--cors-origins", "https://a.example,ftp://ada:s3cret@b.example"], "ada@b.example"),
        (&["migrate", "task-service", "--database", "postgre:ccm:s3cret@db/tasks"], "is not a database URL"),
    ];
    for (arguments, shown) in cases {
        let mut process = Process::spawn(arguments, &[]);
        assert!(!process.ended().await.success(), "{arguments:?}");
        let text = process.lines().all().join("\n");
        assert!(text.contains(shown) && !text.contains("s3cret"), "{arguments:?}: {text}");
    }
}
