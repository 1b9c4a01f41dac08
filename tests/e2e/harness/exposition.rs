//! What a process shows to Prometheus, read as its text format defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Process;

/// The settings of a process that shows its metrics on a port of its own.
const SCRAPED: [(&str, &str); 3] = [
    ("OTEL_METRICS_EXPORTER", "prometheus"),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.1"),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "0"),
];

/// The settings of a process that shows its metrics, and `further` ones, which may replace them.
pub(crate) fn scraped(further: &[(&str, &str)]) -> Vec<(String, String)> {
    let kept = SCRAPED.iter().filter(|it| further.iter().all(|(name, _)| *name != it.0));
    kept.chain(further).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Labels by name.
pub(crate) type Labels = BTreeMap<String, String>;

/// One scrape: the series of each metric, and the type of each family.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    pub(crate) types: BTreeMap<String, String>,
    series: BTreeMap<String, Vec<(Labels, f64)>>,
}

impl Exposition {
    /// Where a process shows its metrics.
    pub(crate) async fn address(process: &Process) -> SocketAddr {
        process
            .printed("the address of its metrics", |line| {
                let line: serde_json::Value = serde_json::from_str(line).ok()?;
                (line["message"] == "listening for metrics")
                    .then(|| line["address"].as_str().unwrap().parse().unwrap())
            })
            .await
    }

    pub(crate) async fn of(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        let (head, text) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        Self::parse(text)
    }

    fn parse(text: &str) -> Self {
        let mut all = Self::default();
        for line in text.lines().filter(|it| !it.is_empty()) {
            if let Some(r#type) = line.strip_prefix("# TYPE ") {
                let (name, r#type) = r#type.split_once(' ').unwrap();
                let known = all.types.insert(name.to_owned(), r#type.to_owned());
                assert_eq!(known, None, "{name} has one type");
            } else if !line.starts_with('#') {
                let (name, labels, value) = sample(line);
                assert!(all.family(name).is_some(), "{name} has no type");
                all.series.entry(name.to_owned()).or_default().push((labels, value));
            }
        }
        all
    }

    /// The type of the family that a series belongs to.
    fn family(&self, name: &str) -> Option<&str> {
        let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|it| name.strip_suffix(it));
        let histogram = of_histogram.and_then(|it| self.types.get(it)).filter(|it| *it == "histogram");
        self.types.get(name).or(histogram).map(String::as_str)
    }

    /// The names of all series.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.series.keys().map(String::as_str)
    }

    /// All series of a metric; the name includes the suffix of its type.
    pub(crate) fn series(&self, name: &str) -> &[(Labels, f64)] {
        self.series.get(name).map_or(&[], Vec::as_slice)
    }

    /// The values of a metric by that of its one label; empty text if it has none.
    pub(crate) fn by_label(&self, name: &str) -> BTreeMap<String, f64> {
        let series = self.series(name).iter().map(|(labels, value)| {
            assert!(labels.len() <= 1, "{name} {labels:?}");
            (labels.values().next().cloned().unwrap_or_default(), *value)
        });
        series.collect()
    }

    /// The value of the series with exactly these labels.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.series(name).iter().find(|it| it.0 == labels).map(|it| it.1)
    }

    /// All values of labels.
    pub(crate) fn label_values(&self) -> BTreeSet<&str> {
        let labels = self.series.values().flatten().map(|it| &it.0);
        labels.flat_map(|it| it.values().map(String::as_str)).collect()
    }
}

/// `name{label="value",…} 1`, without a time.
fn sample(line: &str) -> (&str, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap_or_else(|_| panic!("{line} has no value"));
    let Some((name, rest)) = series.split_once('{') else { return (series, Labels::new(), value) };
    let (mut labels, mut rest) = (Labels::new(), rest);
    while let Some((label, text)) = rest.split_once("=\"") {
        let (mut decoded, mut characters) = (String::new(), text.char_indices());
        let end = loop {
            match characters.next().expect("a label ends") {
                (end, '"') => break end,
                (_, '\\') => decoded.push(match characters.next().expect("an escape ends").1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => decoded.push(other),
            }
        };
        assert_eq!(labels.insert(label.to_owned(), decoded), None, "{line}");
        rest = text[end + 1..].trim_start_matches(',');
    }
    assert_eq!(rest, "}", "{line}");
    (name, labels, value)
}

#[test]
fn a_scrape_is_read_as_the_format_defines_it() {
    let text = "# HELP a_total Says: a {brace}.\n# TYPE a_total counter\na_total 3\n# TYPE b_seconds histogram\n\
                b_seconds_bucket{x=\"q\\\"},\\n\",le=\"+Inf\"} 2\nb_seconds_count{x=\"\"} 2\n";
    let read = Exposition::parse(text);
    assert_eq!(read.value("a_total", &[]), Some(3.0));
    assert_eq!(read.value("b_seconds_bucket", &[("x", "q\"},\n"), ("le", "+Inf")]), Some(2.0));
    assert_eq!(read.value("b_seconds_count", &[("x", "")]), Some(2.0));
    assert_eq!(read.types["b_seconds"], "histogram");
}
