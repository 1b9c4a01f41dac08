//! The process whose allocations are counted, and what it says of them.

use std::fmt;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use alloc_tracker::Session;
use platform::shutdown::Shutdown;
use serde_json::{Value, json};
use telemetry::otlp;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::limits::{Request, Traced};
use crate::load::{Client, Prepared};
use crate::product::Product;
use crate::switches;

/// The argument with which this program is the measured process.
pub(crate) const MEASURE: &str = "measure";
/// Before a request is measured, it is sent this often: connections, caches and buffers are made then.
const WARM_UP: u32 = 64;
/// Requests in a measurement; as many as spans in a batch, so that a whole number of batches is in each.
const REQUESTS: u32 = 256;
/// Measurements of a request. The one with the fewest allocations counts: what happens beside the requests only adds some.
const ROUNDS: usize = 3;
/// Tasks in an answer to a LIST.
const PAGE: usize = 50;
/// The beginning of the lines with the results.
const RESULT: &str = "measured:";

/// What a request costs on average.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
    pub(crate) switches: f64,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { allocations, bytes, switches } = self;
        write!(f, "{allocations:.1} allocations, {bytes:.0} bytes, {switches:.1} context switches")
    }
}

/// The costs of all requests with one way of tracing.
#[derive(Debug)]
pub(crate) struct Measured(Vec<Cost>);

impl Measured {
    /// The costs of requests that are traced like this; the first call measures them.
    pub(crate) fn of(traced: Traced) -> &'static Self {
        static ALL: [OnceLock<Measured>; 3] = [const { OnceLock::new() }; 3];
        ALL[traced as usize].get_or_init(|| Self::measure(traced))
    }

    pub(crate) fn of_request(&self, request: Request) -> Cost {
        self.0[request as usize]
    }

    pub(crate) fn measure(traced: Traced) -> Self {
        // It receives the spans while the measured process runs.
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let receiver = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(otlp::receive(listener, drop, Shutdown::new()));
        let measured = Command::new(std::env::current_exe().unwrap())
            .arg(MEASURE)
            .env_clear()
            .envs(traced.environment(&receiver))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&measured.stderr);
        assert!(measured.status.success(), "{}: {said}", measured.status);
        let costs: Vec<Cost> = said.lines().filter_map(|it| parsed(it.strip_prefix(RESULT)?)).collect();
        assert_eq!(costs.len(), Request::ALL.len(), "{said}");
        Self(costs)
    }
}

fn parsed(line: &str) -> Option<Cost> {
    let mut numbers = line.split_whitespace().map_while(|it| it.parse().ok());
    Some(Cost { allocations: numbers.next()?, bytes: numbers.next()?, switches: numbers.next()? })
}

/// Measures all requests in this process, and tells the process that has started it.
pub(crate) fn run() {
    let product = Product::start();
    let mut client = Client::connect(product.address, &product.token);
    let create = json!({
        "title": "Replace the fan of rack 12",
        "description": "The fan at the back runs at full speed since Monday.",
        "priority": "high",
        "assignee_id": "ada",
        "department": "network",
    });
    let post = client.prepare("/api/tasks", Some(&create), "201");
    let mut id = String::new();
    for _ in 0..PAGE {
        let created: Value = serde_json::from_slice(client.send(&post)).unwrap();
        created["id"].as_str().unwrap().clone_into(&mut id);
    }
    let get = client.prepare(&format!("/api/tasks/{id}"), None, "200");
    let list = client.prepare(&format!("/api/tasks?page_size={PAGE}"), None, "200");
    // In the order of `Request::ALL`: creating tasks comes last, although no list has more of them than before.
    for request in [get, list, post] {
        let Cost { allocations, bytes, switches } = measure(&mut client, &request);
        eprintln!("{RESULT} {allocations} {bytes} {switches}");
    }
    product.stop();
}

fn measure(client: &mut Client, request: &Prepared) -> Cost {
    for _ in 0..WARM_UP {
        client.send(request);
    }
    let rounds = (0..ROUNDS).map(|_| round(client, request));
    rounds.min_by(|a, b| a.allocations.total_cmp(&b.allocations)).unwrap()
}

fn round(client: &mut Client, request: &Prepared) -> Cost {
    let session = Session::new().no_stdout().no_file();
    let operation = session.operation("request");
    let before = switches::voluntary_of_others();
    let counted = operation.measure_process().iterations(u64::from(REQUESTS));
    for _ in 0..REQUESTS {
        client.send(request);
    }
    drop(counted);
    let switches = f64::from(u32::try_from(switches::voluntary_of_others() - before).unwrap());
    let report = session.to_report();
    let (_, counts) = report.operations().next().unwrap();
    let (allocations, bytes) = (counts.allocations().unwrap(), counts.bytes().unwrap());
    Cost { allocations, bytes, switches: switches / f64::from(REQUESTS) }
}
