//! `ccm task`, `ccm worker` and `ccm whoami` against the running product: what programs read, what people read, and how it
//! ends.

mod documented;
mod errors;
mod json;
mod passwords;
mod tables;
mod token_files;
mod waiting;
mod watching;

use std::process::Stdio;

use serde_json::Value;

use crate::harness::{DEADLINE, Product};

/// What a command has printed, and its exit code.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// A command that finds the product, with nothing of the developer's shell.
fn command(product: &Product, arguments: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_ccm"));
    for (name, _) in std::env::vars_os() {
        let known = name.to_string_lossy();
        if known.starts_with("CCM_") || ["NO_COLOR", "CLICOLOR_FORCE"].contains(&&*known) {
            command.env_remove(name);
        }
    }
    command.args(arguments).kill_on_drop(true).stdin(Stdio::null());
    command.env("CCM_GATEWAY", format!("http://{}", product.gateway_address));
    command.env("CCM_DATA_DIR", product.directory.path());
    command
}

async fn ran(mut command: tokio::process::Command) -> Ran {
    let output = tokio::time::timeout(DEADLINE, command.output()).await.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

async fn ccm(product: &Product, arguments: &[&str]) -> Ran {
    ran(command(product, arguments)).await
}

/// The id that a command prints with `-o id`.
async fn id(product: &Product, arguments: &[&str]) -> String {
    ccm(product, &[arguments, &["-o", "id"]].concat()).await.ok().stdout.trim().to_owned()
}

const LAB: [&str; 8] =
    ["worker", "create", "--name", "lab 1", "--region", "us-east-1", "--instance-type", "m5.metal"];
