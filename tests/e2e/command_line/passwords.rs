//! A URL in a setting may have a password, also where the URL is wrong.

use crate::harness::Process;

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
