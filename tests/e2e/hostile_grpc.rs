//! Whatever comes to a gRPC service, it neither panics nor takes the blame: random bytes, random messages of every method,
//! broken frames. More than CI throws: `PROPTEST_CASES=20000 tests/run --test e2e -- hostile_grpc`; `PROPTEST_RNG_SEED`
//! repeats a run.

mod messages;

use std::collections::HashSet;
use std::sync::Mutex;

use access::Role;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Frame;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use messages::{Choices, Texts};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use prost::Message as _;
use prost_reflect::{DescriptorPool, MessageDescriptor};
use serde_json::json;
use tokio::runtime::Handle;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::harness::{DEADLINE, Process, Product, Watcher, call, methods};

/// A method of a running service.
#[derive(Clone)]
struct Target {
    channel: Channel,
    address: std::net::SocketAddr,
    name: String,
    request: MessageDescriptor,
}

async fn targets(product: &Product) -> Vec<Target> {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let mut targets = Vec::new();
    for address in [product.tasks_address, product.workers_address] {
        let channel = Watcher::channel(address);
        for name in methods(address).await {
            let (service, method) = name.split_once('/').unwrap();
            let service = pool.get_service_by_name(service).unwrap();
            let request = service.methods().find(|it| it.name() == method).unwrap().input();
            targets.push(Target { channel: channel.clone(), address, name, request });
        }
    }
    targets
}

/// Runs cases from a blocking thread.
fn run<S: Strategy>(strategy: &S, case: impl Fn(S::Value) -> Result<(), String>) {
    let cases = std::env::var_os("PROPTEST_CASES").map_or(1_000, |_| Config::default().cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(strategy, |it| case(it).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(why, simplest)) = outcome {
        panic!("{why}: {simplest:?}");
    }
}

/// What the server must not say of what a client has sent.
fn judge(what: &str, answer: &Result<Vec<u8>, Status>) -> Result<Code, String> {
    let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
    match code {
        Code::Internal | Code::Unknown | Code::DataLoss | Code::Unavailable => {
            Err(format!("{what}: {answer:?}"))
        }
        code => Ok(code),
    }
}

fn assert_well(process: &mut Process) {
    assert!(process.is_running(), "it has ended");
    let lines = process.lines().all();
    let bad: Vec<&String> =
        lines.iter().filter(|it| it.contains("panicked") || it.contains(r#""level":"ERROR""#)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Ids of subjects with which a method can do what it is for, by the names that its messages begin with.
async fn subjects(product: &Product) -> Vec<(&'static str, Vec<String>)> {
    let admin = product.admin();
    let (mut tasks, mut cancelled, mut workers, mut terminated) = (vec![], vec![], vec![], vec![]);
    for _ in 0..20 {
        tasks.push(admin.post("/api/tasks", &json!({"title": "t"})).await.text("id").to_owned());
        workers.push(product.worker().await);
        let (worker, ended) = (product.worker().await, product.worker().await);
        let stop = admin.post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
        admin.post(&format!("/api/workers/{worker}/start"), &json!({})).await;
        cancelled.push(stop.text("id").to_owned());
        admin.post(&format!("/api/workers/{ended}/terminate"), &json!({"confirm": "lab 1"})).await;
        terminated.push(ended);
    }
    for worker in &terminated {
        product.worker_is(worker, "terminated").await;
    }
    let all = [tasks.clone(), workers.clone()].concat();
    vec![
        ("RetryTaskRequest", cancelled),
        ("DeleteWorkerRequest", terminated),
        ("CreateTaskRequest", tasks.clone()),
        ("GetTaskRequest", tasks.clone()),
        ("DeleteTaskRequest", tasks.clone()),
        ("CancelTaskRequest", tasks.clone()),
        ("TaskAction", workers.clone()),
        ("Task", tasks),
        ("GetWorkerRequest", workers.clone()),
        ("RefreshWorkerRequest", workers.clone()),
        ("ExplainWorkerRequest", workers.clone()),
        ("SetDesiredStateRequest", workers.clone()),
        ("Worker", workers),
        ("", all),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn random_messages_of_every_method_are_answered_and_never_internal() {
    let mut product = Product::start().await;
    let (targets, token) =
        (targets(&product).await, product.token("root", &[Role::Admin, Role::Service], None));
    let texts = Texts::with(subjects(&product).await);
    let done: Mutex<HashSet<String>> = Mutex::default();
    let runtime = Handle::current();
    tokio::task::block_in_place(|| {
        let messages = (any::<prop::sample::Index>(), prop::collection::vec(any::<u32>(), 0..80));
        run(&messages, |(which, numbers)| {
            let target = which.get(&targets);
            let message = messages::message(&target.request, &texts, &mut Choices::by(&numbers));
            let answer =
                runtime.block_on(call(&target.channel, &target.name, &message.encode_to_vec(), Some(&token)));
            let code = judge(&format!("{} {message:?}", target.name), &answer)?;
            if code == Code::Ok {
                done.lock().unwrap().insert(target.name.clone());
            }
            Ok(())
        });
    });
    let never: Vec<&String> =
        targets.iter().map(|it| &it.name).filter(|it| !done.lock().unwrap().contains(*it)).collect();
    assert!(never.is_empty(), "no message was ever taken by {never:?}");
    assert_well(&mut product.tasks);
    assert_well(&mut product.workers);
}

#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_are_no_message_and_that_is_the_clients_fault() {
    let mut product = Product::start().await;
    let (targets, token) = (targets(&product).await, product.token("root", &[Role::Admin], None));
    let runtime = Handle::current();
    tokio::task::block_in_place(|| {
        let bytes = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..300));
        run(&bytes, |(which, bytes)| {
            let target = which.get(&targets);
            let answer = runtime.block_on(call(&target.channel, &target.name, &bytes, Some(&token)));
            judge(&target.name, &answer).map(drop)
        });
    });
    // A field that says it is longer than all there is.
    let answer = call(&targets[0].channel, &targets[0].name, &[0x0a, 0x7f], Some(&token)).await.unwrap_err();
    assert_eq!(answer.code(), Code::InvalidArgument, "{answer:?}");
    assert_eq!(crate::harness::reason(&answer), "UNREADABLE_MESSAGE");
    assert_well(&mut product.tasks);
    assert_well(&mut product.workers);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_end_their_own_call_and_nothing_else() {
    let mut product = Product::start().await;
    let (targets, token) = (targets(&product).await, product.token("root", &[Role::Admin], None));
    let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Full<Bytes>>();
    let runtime = Handle::current();
    let flags = prop_oneof![Just(0_u8), Just(1), any::<u8>()];
    let lengths = prop_oneof![0..400_u32, any::<u32>()];
    let frames = (any::<prop::sample::Index>(), flags, lengths, prop::collection::vec(any::<u8>(), 0..300));
    tokio::task::block_in_place(|| {
        run(&frames, |(which, flag, length, rest)| {
            let target = which.get(&targets);
            let frame = [&[flag][..], &length.to_be_bytes(), &rest].concat();
            let request = http::Request::post(format!("http://{}/{}", target.address, target.name))
                .header("content-type", "application/grpc")
                .header("te", "trailers")
                .header("authorization", format!("Bearer {token}"))
                .body(Full::from(frame))
                .unwrap();
            let code = runtime.block_on(async {
                let answer = http.request(request).await.map_err(|it| format!("{}: {it}", target.name))?;
                let in_header = answer.headers().get("grpc-status").cloned();
                // A watch has no end, but then it was answered with messages and no status.
                if in_header.is_none() && target.name.ends_with("WatchEvents") {
                    return Ok(Code::Ok);
                }
                let body =
                    answer.into_body().collect().await.map_err(|it| format!("{}: {it}", target.name))?;
                let status = in_header.or_else(|| body.trailers()?.get("grpc-status").cloned());
                let status = status.ok_or_else(|| format!("{}: no status", target.name))?;
                Ok::<_, String>(Code::from_bytes(status.as_bytes()))
            })?;
            judge(&target.name, &if code == Code::Ok { Ok(Vec::new()) } else { Err(Status::new(code, "")) })
                .map(drop)
        });
    });
    assert_well(&mut product.tasks);
    assert_well(&mut product.workers);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_known_is_refused_before_the_message_has_come() {
    let product = Product::start().await;
    let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    let method = "ccm.task.v1.TaskService/CreateTask";
    // A message that says it is 4 MB long, and never comes.
    let (sender, body) = tokio::sync::mpsc::channel::<Result<Frame<Bytes>, std::io::Error>>(1);
    sender.send(Ok(Frame::data(Bytes::from_static(&[0, 0, 0x3f, 0xff, 0xff])))).await.unwrap();
    let body = http_body_util::StreamBody::new(tokio_stream::wrappers::ReceiverStream::new(body));
    let request = http::Request::post(format!("http://{}/{method}", product.tasks_address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(body)
        .unwrap();
    let answer = tokio::time::timeout(DEADLINE, http.request(request)).await.expect("at once").unwrap();
    assert_eq!(answer.headers()["grpc-status"], "16");
    drop(sender);
}
