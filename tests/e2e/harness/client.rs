//! A REST client.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use super::DEADLINE;

/// What a request came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    /// The body, which is not JSON.
    pub(crate) fn plain(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// A member of the body, as text.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_default()
    }

    /// The names of the fields that were wrong.
    pub(crate) fn violations(&self) -> Vec<&str> {
        self.json["violations"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect()
    }
}

/// Sends requests to one gateway as one caller. Clones share connections.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    headers: Vec<(String, String)>,
    http: HyperClient<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub(crate) fn new(base: &str, token: Option<&str>) -> Self {
        let headers =
            token.map(|it| ("authorization".to_owned(), format!("Bearer {it}"))).into_iter().collect();
        let http = HyperClient::builder(TokioExecutor::new()).build_http();
        Self { base: base.to_owned(), headers, http }
    }

    /// The same client with one more header.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.try_send(Method::GET, path, None).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_send(Method::POST, path, Some(body.to_string())).await.unwrap()
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.try_send(Method::PATCH, path, Some(body.to_string())).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.try_send(Method::DELETE, path, None).await.unwrap()
    }

    /// Sends any text as a JSON body.
    pub(crate) async fn post_text(&self, path: &str, body: &str) -> Answer {
        self.try_send(Method::POST, path, Some(body.to_owned())).await.unwrap()
    }

    /// An error is a connection that failed, not a status.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, String> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if body.is_some() && !self.headers.iter().any(|it| it.0 == "content-type") {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(Full::from(body.unwrap_or_default())).unwrap();
        let exchange = async {
            let response = self.http.request(request).await.map_err(|it| it.to_string())?;
            let (parts, body) = response.into_parts();
            // An event stream does not end by itself.
            if parts.headers.get("content-type").is_some_and(|it| it == "text/event-stream") {
                return Ok(Answer {
                    status: parts.status,
                    headers: parts.headers,
                    json: Value::Null,
                    body: Bytes::new(),
                });
            }
            let bytes = body.collect().await.map_err(|it| it.to_string())?.to_bytes();
            let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            Ok(Answer { status: parts.status, headers: parts.headers, json, body: bytes })
        };
        tokio::time::timeout(DEADLINE, exchange).await.map_err(|_| "no answer".to_owned())?
    }
}
