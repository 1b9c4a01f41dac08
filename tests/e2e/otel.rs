//! The `OTEL_*` variables, each with what it does. docs/configuration.md names the test of each row.

use std::time::Duration;

use telemetry::otlp::Span;
use tokio::net::TcpListener;

use crate::export_outage::SPANS_WAIT;
use crate::harness::{Gateway, Otlp, Tls, eventually};

#[test]
fn every_row_of_the_documentation_names_a_test_that_there_is() {
    let rows = include_str!("../../docs/configuration.md").lines().filter(|it| it.starts_with("| `OTEL_"));
    let mut count = 0;
    for row in rows {
        let named = row.rsplit('`').nth(1).unwrap();
        let (module, test) = named.split_once("::").unwrap_or_else(|| panic!("no test in {row}"));
        let source = match module {
            "otel" => include_str!("otel.rs"),
            "edge" => include_str!("edge.rs"),
            "export_outage" => include_str!("export_outage.rs"),
            "otel_metrics" => include_str!("otel_metrics.rs"),
            "otel_logs" => include_str!("otel_logs.rs"),
            _ => panic!("no such module: {row}"),
        };
        let variable = row.split('`').nth(1).unwrap();
        let function =
            source.split_once(&format!("fn {test}()")).unwrap_or_else(|| panic!("no such test: {row}")).1;
        let body = function.split("\n}\n").next().unwrap();
        let rest = variable.trim_start_matches("OTEL_EXPORTER_OTLP_");
        assert!(
            body.contains(rest) || source.contains(&format!("(\"{variable}\"")),
            "{test} does not set {variable}"
        );
        count += 1;
    }
    assert!(count >= 18, "{count} rows");
}

/// The one span of a gateway with these settings, over gRPC.
async fn span_with(settings: &[(&str, &str)]) -> Span {
    let otlp = Otlp::grpc(None).await;
    let endpoint = [("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str())];
    let mut gateway = Gateway::start(&[&endpoint, settings].concat()).await;
    gateway.request().await;
    gateway.stop().await;
    let spans = otlp.spans();
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sdk_disabled_makes_no_span_and_no_trace_id() {
    let otlp = Otlp::grpc(None).await;
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()), ("OTEL_SDK_DISABLED", "True")];
    let mut gateway = Gateway::start(&settings).await;
    assert_eq!(gateway.request().await, "");
    gateway.stop().await;
    assert!(otlp.exports().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn service_name_and_resource_attributes_name_the_resource() {
    let attributes = "team=lab%2C1,service.version=9,service.name=other";
    let span = span_with(&[("OTEL_RESOURCE_ATTRIBUTES", attributes)]).await;
    assert_eq!(span.service, "other");
    assert_eq!(span.resource["team"], "lab,1");
    assert_eq!(span.resource["service.version"], "9");
    let both = [("OTEL_RESOURCE_ATTRIBUTES", attributes), ("OTEL_SERVICE_NAME", "edge")];
    assert_eq!(span_with(&both).await.service, "edge");
    assert_eq!(span_with(&[]).await.service, "gateway");
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_exporter_none_exports_nothing_and_console_prints() {
    let otlp = Otlp::grpc(None).await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str());
    let mut none = Gateway::start(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]).await;
    assert_eq!(none.request().await.len(), 32);
    none.stop().await;
    let mut console = Gateway::start(&[endpoint, ("OTEL_TRACES_EXPORTER", "console")]).await;
    let id = console.request().await;
    console.stop().await;
    let printed = console.printed();
    assert!(printed.iter().any(|it| !it.starts_with('{') && it.contains(&id)), "{printed:#?}");
    assert!(otlp.exports().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_sampler_and_its_argument_decide() {
    let kept = async |sampler: &str, argument: &str| {
        let otlp = Otlp::grpc(None).await;
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ];
        let mut gateway = Gateway::start(&settings).await;
        for _ in 0..40 {
            gateway.request().await;
        }
        gateway.stop().await;
        otlp.spans().len()
    };
    for (sampler, argument, expected) in [
        ("always_on", "", 40..=40),
        ("always_off", "", 0..=0),
        ("parentbased_always_on", "", 40..=40),
        ("parentbased_always_off", "", 0..=0),
        ("traceidratio", "0", 0..=0),
        ("traceidratio", "0.5", 5..=35),
        ("parentbased_traceidratio", "1", 40..=40),
    ] {
        let found = kept(sampler, argument).await;
        assert!(expected.contains(&found), "{sampler} {argument}: {found} of 40");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bsp_schedule_delay_decides_when_spans_leave() {
    let otlp = Otlp::grpc(None).await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str());
    let soon = Gateway::start(&[endpoint, ("OTEL_BSP_SCHEDULE_DELAY", "20")]).await;
    soon.request().await;
    eventually("the span leaves while the process runs", || async {
        (otlp.spans().len() == 1).then_some(())
    })
    .await;
    let mut late = Gateway::start(&[endpoint, ("OTEL_BSP_SCHEDULE_DELAY", "600000")]).await;
    late.request().await;
    // Another process's span leaves meanwhile; this one's does not.
    soon.request().await;
    eventually("the other span leaves", || async { (otlp.spans().len() == 2).then_some(()) }).await;
    late.stop().await;
    assert_eq!(otlp.spans().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn bsp_max_export_batch_size_bounds_an_export() {
    let otlp = Otlp::grpc(None).await;
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str());
    let settings = [endpoint, ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "3"), ("OTEL_BSP_SCHEDULE_DELAY", "600000")];
    let mut gateway = Gateway::start(&settings).await;
    for _ in 0..10 {
        gateway.request().await;
    }
    gateway.stop().await;
    let sizes: Vec<usize> = otlp.exports().iter().map(|it| it.spans.len()).collect();
    assert!(sizes.iter().all(|it| *it <= 3) && sizes.iter().sum::<usize>() == 10, "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bsp_max_queue_size_bounds_what_waits_and_the_rest_is_counted_as_dropped() {
    // Accepts and never answers.
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", hung.local_addr().unwrap());
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "4"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2"),
    ];
    let mut gateway = Gateway::start(&settings).await;
    for _ in 0..20 {
        gateway.request().await;
    }
    gateway.stop().await;
    assert_eq!((gateway.lost("dropped"), gateway.lost("failed"), gateway.lost("exported")), (14, 6, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn span_limits_bound_attributes_and_their_values() {
    assert_eq!(span_with(&[("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "2")]).await.attributes.len(), 2);
    for name in ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"] {
        assert_eq!(span_with(&[(name, "3")]).await.attributes["url.path"], "/no", "{name}");
    }
    let both = [("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "4"), ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "2")];
    assert_eq!(span_with(&both).await.attributes["url.path"], "/now");
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_and_protocol_choose_the_receiver_each_with_its_form_for_traces() {
    let (grpc, http) = (Otlp::grpc(None).await, Otlp::http(None).await);
    let mut expected = 0;
    for settings in [
        vec![("ENDPOINT", http.endpoint.clone()), ("PROTOCOL", "http/protobuf".to_owned())],
        vec![("ENDPOINT", http.endpoint.clone()), ("TRACES_PROTOCOL", "http/protobuf".to_owned())],
        vec![
            ("ENDPOINT", grpc.endpoint.clone()),
            ("TRACES_ENDPOINT", format!("{}/v1/traces", http.endpoint)),
            ("PROTOCOL", "http/protobuf".to_owned()),
        ],
    ] {
        let names: Vec<String> = settings.iter().map(|it| format!("OTEL_EXPORTER_OTLP_{}", it.0)).collect();
        let set: Vec<(&str, &str)> =
            names.iter().zip(&settings).map(|(name, it)| (name.as_str(), it.1.as_str())).collect();
        let mut gateway = Gateway::start(&set).await;
        gateway.request().await;
        gateway.stop().await;
        expected += 1;
        let exports = http.exports();
        assert_eq!(exports.len(), expected, "{settings:?}");
        let last = exports.last().unwrap();
        assert_eq!(
            (last.path.as_str(), last.headers["content-type"].as_str()),
            ("/v1/traces", "application/x-protobuf")
        );
    }
    assert!(grpc.exports().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_are_sent_with_each_export() {
    for http in [false, true] {
        for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"] {
            let otlp = if http { Otlp::http(None).await } else { Otlp::grpc(None).await };
            let settings = [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", if http { "http/protobuf" } else { "grpc" }),
                (name, "x-tenant=lab%201,authorization=Basic%20YTpi"),
            ];
            let mut gateway = Gateway::start(&settings).await;
            gateway.request().await;
            gateway.stop().await;
            let export = otlp.exports().into_iter().next().expect("an export");
            assert_eq!(
                (&*export.headers["x-tenant"], &*export.headers["authorization"]),
                ("lab 1", "Basic YTpi")
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compression_makes_exports_small() {
    for http in [false, true] {
        for name in ["OTEL_EXPORTER_OTLP_COMPRESSION", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"] {
            let otlp = if http { Otlp::http(None).await } else { Otlp::grpc(None).await };
            let settings = [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", if http { "http/protobuf" } else { "grpc" }),
                (name, "gzip"),
            ];
            let mut gateway = Gateway::start(&settings).await;
            gateway.request().await;
            gateway.stop().await;
            let export = otlp.exports().into_iter().next().expect("an export");
            let encoding = if http { "content-encoding" } else { "grpc-encoding" };
            assert_eq!(export.headers[encoding], "gzip");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_gives_a_hung_receiver_up() {
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = hung.local_addr().unwrap();
    for (scheme, protocol, name) in [
        ("http", "grpc", "OTEL_EXPORTER_OTLP_TIMEOUT"),
        ("http", "grpc", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"),
        ("http", "http/protobuf", "OTEL_EXPORTER_OTLP_TIMEOUT"),
        // Hangs in the TLS handshake.
        ("https", "grpc", "OTEL_EXPORTER_OTLP_TIMEOUT"),
    ] {
        let endpoint = format!("{scheme}://{address}");
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            (name, "100"),
        ];
        let gateway = Gateway::start(&settings).await;
        let begun = std::time::Instant::now();
        gateway.request().await;
        gateway.logs(SPANS_WAIT).await;
        // The default is ten seconds: the limit is far below, whatever the machine's load.
        assert!(begun.elapsed() < Duration::from_secs(8), "{scheme} {protocol}: {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_makes_tls_trusted_and_without_it_nothing_is_sent() {
    let tls = Tls::new();
    let file = tls.file.display().to_string();
    for http in [false, true] {
        let otlp = if http { Otlp::http(Some(&tls)).await } else { Otlp::grpc(Some(&tls)).await };
        let common = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", if http { "http/protobuf" } else { "grpc" }),
        ];
        let mut stranger = Gateway::start(&common).await;
        stranger.request().await;
        stranger.stop().await;
        assert!(otlp.exports().is_empty());
        assert_eq!(stranger.lost("failed"), 1);
        for name in ["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"] {
            let before = otlp.spans().len();
            let mut gateway = Gateway::start(&[common.as_slice(), &[(name, &file)]].concat()).await;
            gateway.request().await;
            gateway.stop().await;
            assert_eq!(otlp.spans().len(), before + 1, "{name} {:?}", gateway.printed());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_not_supported_is_a_warning_at_start() {
    let settings =
        [("OTEL_TRACES_SAMPLER", "xray"), ("OTEL_PROPAGATORS", "b3"), ("OTEL_TRACES_EXPORTER", "zipkin")];
    let gateway = Gateway::start(&settings).await;
    let warnings = eventually("the warnings", || {
        let warnings = gateway.warnings();
        async { (warnings.len() >= 3).then_some(warnings) }
    })
    .await;
    for (name, value) in settings {
        assert!(
            warnings.iter().any(|it| it.contains(&format!("{name}={value} is not supported"))),
            "{warnings:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_without_an_equals_sign_is_a_warning_at_start_that_does_not_show_it() {
    for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"] {
        let otlp = Otlp::grpc(None).await;
        let settings =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", otlp.endpoint.as_str()), (name, "x-tenant=lab,s3cret")];
        let mut gateway = Gateway::start(&settings).await;
        gateway.logs(&format!("{name} has a part without `=`: ignored")).await;
        gateway.request().await;
        gateway.stop().await;
        assert_eq!(otlp.exports()[0].headers["x-tenant"], "lab");
        assert!(!gateway.printed().concat().contains("s3cret"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_receiver_costs_the_shutdown_two_seconds_at_most() {
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", hung.local_addr().unwrap());
    for protocol in ["grpc", "http/protobuf"] {
        let settings =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
        let mut gateway = Gateway::start(&settings).await;
        gateway.request().await;
        let begun = std::time::Instant::now();
        gateway.stop().await;
        // The exporter alone would wait ten seconds an attempt: the limit is far below, whatever the machine's load.
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        assert_eq!(gateway.lost("failed"), 1);
    }
}
