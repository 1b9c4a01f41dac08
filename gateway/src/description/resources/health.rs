//! The schemas of the health of the processes.

use serde_json::{Value, json};

use super::types::{always, count, described, list, response_object, string, such_as, words};
use crate::description::schema;

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let of_exporter = "Whether an exporter reaches its receiver.";
    vec![
        (
            "Live",
            response_object("The gateway is running.", &json!({"status": always("It is running.", "ok")})),
        ),
        ("Ready", ready()),
        ("ServiceHealth", service()),
        ("ServiceStatus", words("The health of a service.", ["serving", "not_serving", "unreachable"])),
        ("Exporter", exporter()),
        ("ExporterStatus", words(of_exporter, ["no_export_yet", "exporting", "unreachable"])),
        ("TelemetrySignal", words("A signal of telemetry.", ["traces", "metrics", "logs"])),
    ]
}

fn service() -> Value {
    let mut service = response_object(
        "A service behind the gateway.",
        &json!({
            "name": such_as("task-service", string("The name of the service.")),
            "status": described("Its health.", schema("ServiceStatus")),
        }),
    );
    let version = such_as("0.1.0 (6d25f59c2f81)", string("A version, with its commit if it is known."));
    let said = "The versions of the replicas that answered and told theirs. Present with `verbose`.";
    service["properties"]["versions"] = list(said, &version);
    let reason = such_as("disk full", string("A reason, in the words of the 503 of a request."));
    let said =
        "Why replicas do not serve. Present with `verbose`, if one of them does not serve and told why.";
    service["properties"]["reasons"] = list(said, &reason);
    service
}

fn exporter() -> Value {
    let mut exporter = response_object(
        "An exporter of telemetry of the gateway. All counts are since its start.",
        &json!({
            "signal": described("What it exports.", schema("TelemetrySignal")),
            "name": such_as("otlp_grpc_span_exporter", string("The name of the exporter.")),
            "status": described("Whether it reaches its receiver.", schema("ExporterStatus")),
            "waiting": count("Spans, data points or log records that wait, those being exported included."),
            "exported": count("What the receiver took."),
            "failed": count("What the receiver rejected."),
            "dropped": count("What was dropped because too many waited."),
            "failed_attempts": count("Exports that failed, those included that were repeated."),
        }),
    );
    exporter["properties"]["capacity"] = count("How many may wait; absent for metrics, of which none wait.");
    exporter["properties"]["seconds_since_export"] = json!({
        "type": "number", "minimum": 0, "description": "Absent if there was no successful export.",
    });
    exporter
}

fn ready() -> Value {
    let members = json!({
        "status": always("The gateway accepts requests.", "ready"),
        "services": list("The services behind it.", &schema("ServiceHealth")),
    });
    let mut ready = response_object("The gateway accepts requests, even if services are down.", &members);
    let version =
        string("The version of the gateway, with its commit if it is known. Present with `verbose`.");
    ready["properties"]["version"] = such_as("0.1.0 (6d25f59c2f81)", version);
    ready["properties"]["telemetry"] = list("Present with `verbose`.", &schema("Exporter"));
    ready
}
