//! A service that answers OK without what it was asked for: the gateway makes no resource of it.

use std::convert::Infallible;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{Backend, Product, Settings};

/// Serves gRPC, and answers every call with the same message; its address.
async fn service_that_answers(message: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service_fn(move |_: Request<Incoming>| async move {
                let length = u32::try_from(message.len()).unwrap().to_be_bytes();
                let data = [&[0], length.as_slice(), message].concat();
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
                let frames = [Frame::data(Bytes::from(data)), Frame::trailers(trailers)];
                let body = StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Infallible>)));
                let response = Response::builder().header("content-type", "application/grpc");
                Ok::<_, Infallible>(response.body(body).unwrap())
            });
            let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_of_a_service_is_500_and_no_resource_without_an_id() {
    // The first field of each answer is the resource, or the list of them: here one without an id.
    for (what, message) in [("no resource", b"".as_slice()), ("a resource without an id", b"\x0a\x00")] {
        let address = service_that_answers(message).await;
        let settings = [("CCM_TASK_SERVICE", address.as_str()), ("CCM_WORKER_SERVICE", &address)];
        let product = Product::start_with(Backend::Sqlite, &settings).await;
        let id = "01a202a3-2bd9-730c-8819-6267667c643f";
        let (worker, confirm) = (r#"{"name": "a"}"#, r#"{"confirm": "a"}"#);
        for (method, path, body) in [
            (Method::POST, "/api/tasks".to_owned(), r#"{"title": "t"}"#),
            (Method::GET, format!("/api/tasks/{id}"), ""),
            (Method::PATCH, format!("/api/tasks/{id}"), r#"{"title": "t"}"#),
            (Method::POST, format!("/api/tasks/{id}/cancel"), ""),
            (Method::POST, format!("/api/tasks/{id}/retry"), ""),
            (Method::POST, "/api/workers".to_owned(), worker),
            (Method::POST, "/api/workers/import".to_owned(), worker),
            (Method::GET, format!("/api/workers/{id}"), ""),
            (Method::PATCH, format!("/api/workers/{id}"), worker),
            (Method::POST, format!("/api/workers/{id}/start"), ""),
            (Method::POST, format!("/api/workers/{id}/stop"), ""),
            (Method::POST, format!("/api/workers/{id}/terminate"), confirm),
            (Method::GET, format!("/api/workers/{id}/explain"), ""),
            // These lists are empty without a resource, which is right.
            (Method::GET, "/api/tasks".to_owned(), ""),
            (Method::GET, format!("/api/tasks/{id}/events"), ""),
            (Method::GET, "/api/workers".to_owned(), ""),
            (Method::GET, format!("/api/workers/{id}/events"), ""),
        ] {
            let is_list = method == Method::GET && (!path.contains(id) || path.ends_with("/events"));
            let body = Some(body.to_owned()).filter(|it| !it.is_empty());
            let answer = product.admin().try_send(method.clone(), &path, body).await.unwrap();
            if is_list && message.is_empty() {
                assert_eq!((answer.status.as_u16(), &answer.json["items"]), (200, &json!([])));
                continue;
            }
            assert_eq!(answer.status, 500, "{method} {path}, {what}: {answer:?}");
            let expected = "urn:cml-cloud-manager:problem:upstream-failed";
            assert_eq!(answer.text("type"), expected, "{method} {path}, {what}: {answer:?}");
            assert_eq!((answer.header("location"), answer.header("etag")), ("", ""), "{answer:?}");
            assert!(answer.text("detail").contains("-service"), "the text names it: {answer:?}");
        }
        // A condition needs the version of what it is about.
        let several = product.admin().with("if-match", "\"1\", \"2\"");
        assert_eq!(several.delete(&format!("/api/tasks/{id}")).await.status, 500);
        assert_eq!(several.delete(&format!("/api/workers/{id}")).await.status, 500);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_of_worker_service_is_no_worker_for_task_service() {
    static ADDRESS: OnceLock<String> = OnceLock::new();
    ADDRESS.set(service_that_answers(b"\x0a\x00").await).unwrap();
    let worker_service = Some((|_| ADDRESS.get().unwrap().clone()) as fn(_) -> _);
    let settings = Settings { worker_service, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let task = json!({"title": "t", "worker_id": "01a202a3-2bd9-730c-8819-6267667c643f"});
    let answer = product.admin().post("/api/tasks", &task).await;
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(answer.text("type"), "urn:cml-cloud-manager:problem:upstream-failed");
}
