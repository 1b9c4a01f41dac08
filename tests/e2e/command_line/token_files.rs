//! `--token-file` names a file that may be anything.

use std::process::Stdio;

use access::Role;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::{LAB, ccm, command};
use crate::harness::{DEADLINE, Product};

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_nobody_writes_to_and_a_device_without_an_end_are_told() {
    let product = Product::start().await;
    let pipe = product.directory.path().join("pipe").display().to_string();
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let nothing = format!("ccm: no token came out of {pipe} within 10 s");
    for (file, why) in [(pipe.as_str(), nothing.as_str()), ("/dev/zero", "ccm: /dev/zero is longer than")] {
        let failed = ccm(&product, &["task", "list", "--token-file", file]).await;
        assert_eq!(failed.code, Some(4), "{failed:?}");
        assert!(failed.stderr.starts_with(why), "{failed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_comes_out_of_a_pipe_is_used_for_all_requests_of_the_command() {
    let product = Product::start().await;
    let token = product.token("root", &[Role::Admin], None);
    // The creation, and the event stream that is waited on.
    let mut created =
        command(&product, &[LAB.as_slice(), &["--wait", "--token-file", "/dev/stdin"]].concat());
    let mut child = created.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(token.as_bytes()).await.unwrap();
    drop(input);
    let status = timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert!(status.success(), "{status}");
}
