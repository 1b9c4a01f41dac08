//! A real OpenID Connect issuer: `oidc-provider` on Node, which ends when the test does, and whose private keys the test
//! has, so that it can sign what the issuer never would.

use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{DEADLINE, Held, NODE};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oidc");

/// A private key.
pub(crate) struct SigningKey {
    algorithm: Algorithm,
    pub(crate) id: String,
    pub(crate) jwk: Value,
    key: EncodingKey,
}

impl SigningKey {
    pub(crate) async fn make(algorithm: Algorithm, id: &str) -> Self {
        let name = format!("{algorithm:?}");
        let output =
            Command::new(NODE).args(["key.mjs", &name, id]).current_dir(FOLDER).output().await.unwrap();
        let made: Value = serde_json::from_slice(&output.stdout).expect("a key, of Node");
        let der = STANDARD.decode(made["der"].as_str().unwrap()).unwrap();
        let key = match algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_der(&der),
            Algorithm::ES256 => EncodingKey::from_ec_der(&der),
            _ => EncodingKey::from_ed_der(&der),
        };
        Self { algorithm, id: id.to_owned(), jwk: made["jwk"].clone(), key }
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.id, claims)
    }

    /// Signs as if the key had another id.
    pub(crate) fn sign_as(&self, id: &str, claims: &Value) -> String {
        self.sign_with(claims, |header| header.kid = Some(id.to_owned()))
    }

    /// Signs with a header that differs from the usual one.
    pub(crate) fn sign_with(&self, claims: &Value, change: impl FnOnce(&mut Header)) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        change(&mut header);
        encode(&header, claims, &self.key).unwrap()
    }
}

/// The issuer.
pub(crate) struct Issuer {
    pub(crate) url: String,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Its address, while it is away.
    held: Option<Held>,
}

impl Issuer {
    /// An issuer that publishes `keys` and signs with the first of each algorithm.
    pub(crate) async fn start(keys: &[&SigningKey]) -> Self {
        Self::start_at(0, keys).await
    }

    async fn start_at(port: u16, keys: &[&SigningKey]) -> Self {
        let mut child = Command::new(NODE)
            .args(["server.mjs", &port.to_string()])
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("tests/run installs it");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut issuer = Self { url: String::new(), child, input, output, held: None };
        issuer.publish(keys).await;
        issuer
    }

    /// Publishes `keys` from now on, and no others.
    pub(crate) async fn publish(&mut self, keys: &[&SigningKey]) {
        let keys: Vec<&Value> = keys.iter().map(|it| &it.jwk).collect();
        let line = format!("{}\n", json!({ "keys": keys }));
        self.input.write_all(line.as_bytes()).await.unwrap();
        let answer = async {
            loop {
                let line = self.output.next_line().await.unwrap().expect("tests/oidc/server.mjs runs");
                if let Ok(said) = serde_json::from_str::<Value>(&line) {
                    return said;
                }
            }
        };
        let said = tokio::time::timeout(DEADLINE, answer).await.expect("the issuer answers");
        said["issuer"].as_str().unwrap().clone_into(&mut self.url);
    }

    /// Ends it. Nobody else gets its address.
    pub(crate) async fn stop(&mut self) {
        self.child.kill().await.unwrap();
        self.held = Some(Held::at(self.url.strip_prefix("http://").unwrap().parse().unwrap()));
    }

    /// Starts it again where it was.
    pub(crate) async fn restart(&mut self, keys: &[&SigningKey]) {
        let port = self.url.rsplit_once(':').unwrap().1.parse().unwrap();
        *self = Self::start_at(port, keys).await;
    }

    /// A token as a script gets one: by the client_credentials grant, signed with this algorithm.
    pub(crate) async fn token(&self, algorithm: Algorithm) -> String {
        let form = format!(
            "grant_type=client_credentials&client_id=scripts&client_secret=only-for-tests&resource=urn:ccm:{algorithm:?}"
        );
        let _ = rustls::crypto::ring::default_provider().install_default();
        let request =
            reqwest::Client::builder().no_proxy().build().unwrap().post(format!("{}/token", self.url));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}
