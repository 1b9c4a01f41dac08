//! An OTLP receiver as a process of its own, for tests that stop it or kill it. It listens at its first argument, answers
//! each export after as many milliseconds as its second one says, and prints the id of each span it receives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::io::{Read as _, Write as _};
use std::time::Duration;

use platform::shutdown::Shutdown;
use telemetry::otlp::{self, Span};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let listener = TcpListener::bind(arguments.next().unwrap()).await.unwrap();
    let pause = Duration::from_millis(arguments.next().unwrap().parse().unwrap());
    println!("listens at {}", listener.local_addr().unwrap());
    std::thread::spawn(|| {
        // Its parent has gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let keep = move |spans: Vec<Span>| {
        std::thread::sleep(pause);
        let ids: Vec<String> = spans.into_iter().map(|it| it.span_id + "\n").collect();
        let _ = std::io::stdout().lock().write_all(ids.concat().as_bytes());
    };
    otlp::receive(listener, keep, Shutdown::new()).await.unwrap();
}
