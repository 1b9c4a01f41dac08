//! A back end of traces with the API of Grafana Tempo: `GET /api/traces/{id}` answers in the JSON of OTLP.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::Product;

/// Serves the spans that the collector of the product has received, and returns the URL.
pub(super) async fn of(product: &Arc<Product>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let product = Arc::downgrade(product);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let product = product.clone();
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let product = product.clone();
                async move {
                    let id = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
                    let spans = product.upgrade().map(|it| it.collector.trace(&id)).unwrap_or_default();
                    let batches: Vec<Value> = spans.iter().map(|it| batch(&it.service)).collect();
                    let mut response = Response::new(Full::from(json!({ "batches": batches }).to_string()));
                    if batches.is_empty() {
                        *response.status_mut() = StatusCode::NOT_FOUND;
                    }
                    Ok::<Response<Full<Bytes>>, std::convert::Infallible>(response)
                }
            });
            tokio::spawn(async move {
                drop(
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await,
                );
            });
        }
    });
    url
}

fn batch(service: &str) -> Value {
    let name = json!({"key": "service.name", "value": {"stringValue": service}});
    json!({"resource": {"attributes": [name]}, "scopeSpans": []})
}
