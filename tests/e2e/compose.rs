//! The files in `compose/`, read by the real Compose, which needs no Docker for that, and compared with each other: what one
//! file names, another one has to provide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{self, printed};

const FILES: [&str; 2] = ["compose.yaml", "small.yaml"];
const PROCESSES: [&str; 3] = ["gateway", "task-service", "worker-service"];
const MANIFEST: &str = include_str!("../../Cargo.toml");
const CONFIGURATION: &str = include_str!("../../docs/configuration.md");
const TRACES: &str = include_str!("../../docs/traces.md");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join("compose").join(file)).unwrap()
}

/// The file as Compose understands it.
fn stack(file: &str) -> Value {
    let file = format!("compose/{file}");
    let json =
        printed("target/compose-venv/bin/docker-compose", &["-f", &file, "config", "--format", "json"]);
    serde_json::from_str(&json).unwrap()
}

fn yaml(file: &str) -> Value {
    harness::yaml(&format!("compose/{file}"))
}

fn realm() -> Value {
    serde_json::from_str(&text("keycloak/realm.json")).unwrap()
}

fn services(stack: &Value) -> &serde_json::Map<String, Value> {
    stack["services"].as_object().unwrap()
}

fn variable<'a>(service: &'a Value, name: &str) -> &'a str {
    service["environment"][name].as_str().unwrap_or_else(|| panic!("{name} is set"))
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The strings of a configuration, wherever they are.
fn all_strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|it| all_strings(it, found)),
        Value::Object(values) => values.values().for_each(|it| all_strings(it, found)),
        _ => {}
    }
}

/// A version that does not move: digits with dots, or a digest.
fn is_pinned(image: &str) -> bool {
    let digest = image.split_once("@sha256:").is_some_and(|(_, it)| it.len() == 64);
    let tag = image.rsplit('/').next().and_then(|it| it.split_once(':')).map_or("", |(_, tag)| tag);
    let version = tag.trim_start_matches('v').split('-').next().unwrap_or_default();
    let numbers: Vec<&str> = version.split('.').collect();
    digest || numbers.len() >= 2 && numbers.iter().all(|it| it.parse::<u32>().is_ok())
}

#[test]
fn compose_takes_the_files_and_every_image_has_a_fixed_version() {
    let version = MANIFEST.split("\nversion = \"").nth(1).unwrap().split('"').next().unwrap();
    for file in FILES {
        printed(
            "target/compose-venv/bin/docker-compose",
            &["-f", &format!("compose/{file}"), "config", "-q"],
        );
        for (name, service) in services(&stack(file)) {
            let image = service["image"].as_str().unwrap();
            assert!(is_pinned(image), "{file}: {name} runs {image}");
            if service["build"].is_object() {
                assert_eq!(image, format!("cml-cloud-manager:{version}"), "{file}: {name}");
            }
        }
    }
    for line in text("Dockerfile").lines().filter(|it| it.starts_with("FROM ")) {
        assert!(is_pinned(line.split(' ').nth(1).unwrap()), "{line}");
    }
    printed("target/compose-venv/bin/hadolint", &["compose/Dockerfile"]);
    assert!(printed("compose/smoke", &["--help"]).contains("--small"));
}

#[test]
fn every_file_that_is_mounted_or_named_in_a_command_exists() {
    for file in FILES {
        for (name, service) in services(&stack(file)) {
            let mounts: Vec<(PathBuf, &str)> = service["volumes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|it| it["type"] == "bind")
                .map(|it| (PathBuf::from(it["source"].as_str().unwrap()), it["target"].as_str().unwrap()))
                .collect();
            for (source, _) in &mounts {
                assert!(source.exists(), "{file}: {name} mounts {}", source.display());
            }
            let environment = service["environment"].as_object().into_iter().flatten();
            let paths = environment.filter_map(|(_, it)| it.as_str()).chain(strings(&service["command"]));
            let paths = paths.map(|it| it.rsplit('=').next().unwrap());
            for path in paths.filter(|it| Path::new(it).extension().is_some_and(|it| it == "yaml")) {
                let found = mounts.iter().any(|(source, target)| {
                    path.strip_prefix(target)
                        .is_some_and(|it| source.join(it.trim_start_matches('/')).is_file())
                        || path == *target
                });
                assert!(found, "{file}: {name} is told to read {path}");
            }
        }
    }
}

#[test]
fn the_ports_of_the_guide_are_open_on_loopback_and_no_others() {
    let guide = |extra: &[u64]| -> BTreeSet<u64> {
        [8000, 3000, 9090, 4317, 4318].iter().chain(extra).copied().collect()
    };
    for (file, expected) in [("compose.yaml", guide(&[8080])), ("small.yaml", guide(&[]))] {
        let stack = stack(file);
        let ports: Vec<&Value> =
            services(&stack).values().filter_map(|it| it["ports"].as_array()).flatten().collect();
        assert!(ports.iter().all(|it| it["host_ip"] == "127.0.0.1"), "{file}: {ports:#?}");
        let published = ports.iter().map(|it| it["published"].as_str().unwrap().parse().unwrap());
        assert_eq!(published.collect::<BTreeSet<u64>>(), expected, "{file}");
    }
}

#[test]
fn every_variable_of_the_product_is_documented_and_every_address_is_that_of_a_service() {
    for file in FILES {
        let stack = stack(file);
        let products = services(&stack).iter().filter(|(_, it)| it["build"].is_object());
        for (name, service) in products {
            for (variable, value) in service["environment"].as_object().unwrap() {
                let documented =
                    !variable.starts_with("CCM_") || CONFIGURATION.contains(&format!("`{variable}`"));
                assert!(
                    documented,
                    "{file}: {name} sets {variable}, which docs/configuration.md does not have"
                );
                let value = value.as_str().unwrap();
                let Some(address) = value.strip_prefix("dns:") else { continue };
                let (host, port) = address.split_once(':').unwrap();
                let listens = if host == "task-service" { "CCM_TASK_LISTEN" } else { "CCM_WORKER_LISTEN" };
                let listens = self::variable(&stack["services"][host], listens);
                assert_eq!(listens, format!("0.0.0.0:{port}"), "{file}: {name} sets {variable}");
            }
            let collector = variable(service, "OTEL_EXPORTER_OTLP_ENDPOINT").strip_prefix("http://").unwrap();
            assert!(
                stack["services"][collector.split(':').next().unwrap()].is_object(),
                "{file}: {collector}"
            );
            let role = service["command"][0].as_str().unwrap();
            let asked = if role == "up" { "gateway" } else { role };
            assert_eq!(
                strings(&service["healthcheck"]["test"]),
                ["CMD", "/usr/local/bin/ccm", "health", asked]
            );
        }
    }
}

/// `postgres://USER:PASSWORD@postgres/NAME` of a service, and what `init.sql` makes.
#[test]
fn the_databases_of_the_services_are_those_that_init_sql_makes() {
    let (stack, sql) = (stack("compose.yaml"), text("postgres/init.sql"));
    let of = |service: &str, name: &str| variable(&stack["services"][service], name).to_owned();
    let urls = [
        of("task-service", "CCM_TASK_DATABASE"),
        of("worker-service", "CCM_WORKER_DATABASE"),
        of("worker-service", "CCM_SIMULATED_DATABASE"),
    ];
    let mut users = BTreeSet::new();
    for url in &urls {
        let (user, rest) = url.strip_prefix("postgres://").unwrap().split_once(':').unwrap();
        let (password, name) = rest.split_once("@postgres/").unwrap();
        assert!(sql.contains(&format!("CREATE USER {user} PASSWORD '{password}';")), "{url}");
        assert!(sql.contains(&format!("CREATE DATABASE {name} OWNER {user};")), "{url}");
        assert!(sql.contains(&format!("REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC;")), "{url}");
        users.insert(user);
    }
    assert_eq!(users.len(), urls.len(), "each database has a user of its own: {urls:?}");
}

#[test]
fn the_realm_has_the_issuer_the_clients_and_the_roles_that_the_services_expect() {
    let (stack, realm) = (stack("compose.yaml"), realm());
    let keycloak = &stack["services"]["keycloak"];
    let base = variable(keycloak, "KC_HOSTNAME");
    let host = base.strip_prefix("http://").unwrap().strip_suffix(":8080").unwrap();
    assert_eq!(
        strings(&keycloak["networks"]["default"]["aliases"]),
        [host],
        "the containers find the issuer"
    );
    let issuer = format!("{base}/realms/{}", realm["realm"].as_str().unwrap());
    let users = realm["users"].as_array().unwrap();
    let clients: BTreeMap<&str, &Value> = realm["clients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["clientId"].as_str().unwrap(), it))
        .collect();
    let mapper = |client: &str, kind: &str, key: &str| {
        let mappers = clients[client]["protocolMappers"].as_array().unwrap().iter();
        let mut mappers = mappers.filter(|it| it["protocolMapper"] == kind);
        mappers.next().map(|it| it["config"][key].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    for name in PROCESSES {
        let service = &stack["services"][name];
        assert_eq!(variable(service, "CCM_OIDC_ISSUER"), issuer);
        let client = variable(service, "CCM_OIDC_CLIENT_ID");
        assert_eq!(clients[client]["secret"], variable(service, "CCM_OIDC_CLIENT_SECRET"), "{client}");
        assert_eq!(clients[client]["serviceAccountsEnabled"], true, "{client}");
        let account = users.iter().find(|it| it["serviceAccountClientId"] == client).unwrap();
        assert_eq!(strings(&account["realmRoles"]), ["service"], "{client}");
        let audience = variable(service, "CCM_OIDC_AUDIENCE");
        for client in clients.keys() {
            assert_eq!(
                mapper(client, "oidc-audience-mapper", "included.custom.audience"),
                audience,
                "{client}"
            );
        }
    }
    for client in ["cml-cloud-manager-web", "cml-cloud-manager-cli"] {
        assert_eq!(clients[client]["publicClient"], true, "{client}");
        assert_eq!(mapper(client, "oidc-usermodel-attribute-mapper", "claim.name"), "department", "{client}");
    }
    assert_eq!(clients["cml-cloud-manager-web"]["attributes"]["pkce.code.challenge.method"], "S256");
    assert_eq!(clients["cml-cloud-manager-cli"]["directAccessGrantsEnabled"], true);
    let roles: BTreeSet<&str> =
        realm["roles"]["realm"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(roles, BTreeSet::from(["admin", "manager", "service", "user"]));
    let given: BTreeSet<&str> = users.iter().flat_map(|it| strings(&it["realmRoles"])).collect();
    assert_eq!(given, roles, "each role has a user");
    // What the README and compose/smoke sign in with.
    for user in users.iter().filter(|it| it["serviceAccountClientId"].is_null()) {
        let (name, password) = (&user["username"], &user["credentials"][0]["value"]);
        let row = format!("| `{}` | `{}` |", name.as_str().unwrap(), password.as_str().unwrap());
        assert!(text("README.md").contains(&row), "compose/README.md has {row}");
    }
}

#[test]
fn the_telemetry_back_ends_name_services_of_the_stack_and_datasources_that_exist() {
    let stack = stack("compose.yaml");
    let names = services(&stack);
    let configurations = [
        yaml("collector/config.yaml")["exporters"].take(),
        yaml("tempo/tempo.yaml")["metrics_generator"].take(),
        yaml("prometheus/prometheus.yaml")["scrape_configs"].take(),
        yaml("grafana/provisioning/datasources/datasources.yaml"),
    ];
    let mut hosts = BTreeSet::new();
    for configuration in &configurations {
        let mut found = Vec::new();
        all_strings(configuration, &mut found);
        let addresses = found.into_iter().map(|it| it.trim_start_matches("http://"));
        let addresses = addresses.filter_map(|it| it.split('/').next()?.split_once(':'));
        hosts.extend(addresses.filter(|(_, port)| port.parse::<u16>().is_ok()).map(|(host, _)| host));
    }
    let hosts: Vec<&&str> = hosts.iter().filter(|it| **it != "localhost").collect();
    assert!(hosts.len() >= 6, "{hosts:?}");
    assert!(hosts.iter().all(|it| names.contains_key(**it)), "{hosts:?}");

    let sources = &configurations[3]["datasources"];
    let uids: Vec<&str> = sources.as_array().unwrap().iter().map(|it| it["uid"].as_str().unwrap()).collect();
    assert_eq!(uids, ["prometheus", "tempo", "loki"]);
    let file = text("grafana/provisioning/datasources/datasources.yaml");
    let mut linked: Vec<&str> =
        file.lines().filter_map(|it| it.trim().strip_prefix("datasourceUid: ")).collect();
    assert!(linked.len() >= 4 && linked.iter().all(|it| uids.contains(it)), "{linked:?}");
    linked.sort_unstable();
    linked.dedup();
    assert_eq!(linked, ["loki", "prometheus", "tempo"], "a way from each signal to each other one");
    let provider =
        yaml("grafana/provisioning/dashboards/provider.yaml")["providers"][0]["options"]["path"].take();
    for (file, service) in [("compose.yaml", "grafana"), ("small.yaml", "lgtm")] {
        let service = &self::stack(file)["services"][service];
        let home = Path::new(variable(service, "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")).to_owned();
        assert_eq!(home.parent().unwrap().to_str(), provider.as_str(), "{file}");
    }
}

/// A policy that asks for an attribute that no span has would thin what it should keep.
#[test]
fn the_collector_decides_by_attributes_and_names_that_the_spans_have() {
    let collector = yaml("collector/config.yaml");
    let processors = collector["processors"].as_object().unwrap();
    for (signal, pipeline) in collector["service"]["pipelines"].as_object().unwrap() {
        let of_pipeline = strings(&pipeline["processors"]);
        assert!(of_pipeline.iter().all(|it| processors.contains_key(*it)), "{signal}: {of_pipeline:?}");
        assert_eq!(
            (of_pipeline[0], of_pipeline[of_pipeline.len() - 1]),
            ("memory_limiter", "batch"),
            "{signal}"
        );
    }
    let policies = &processors["tail_sampling"]["policies"];
    let mut found = Vec::new();
    all_strings(policies, &mut found);
    let conditions: Vec<&str> = found.iter().copied().filter(|it| it.contains("span.")).collect();
    let asked = conditions.iter().flat_map(|it| it.split("span.attributes[\"").skip(1));
    let asked = asked.map(|it| it.split('"').next().unwrap());
    let keys = policies.as_array().unwrap().iter().filter_map(|it| it["string_attribute"]["key"].as_str());
    let attributes: BTreeSet<&str> = asked.chain(keys).collect();
    assert!(attributes.len() >= 3, "{attributes:?}");
    for attribute in attributes {
        assert!(TRACES.contains(&format!("\n| `{attribute}` | ")), "docs/traces.md has no {attribute}");
    }
    for name in conditions.iter().flat_map(|it| it.split("span.name == \"").skip(1)) {
        let name = name.split('"').next().unwrap();
        assert!(TRACES.contains(&format!("\n| `{name}` | ")), "docs/traces.md has no span {name}");
    }
    let cache = &processors["tail_sampling"]["decision_cache"]["sampled_cache_size"];
    assert!(cache.as_u64() > processors["tail_sampling"]["num_traces"].as_u64(), "late spans are kept, too");
}

/// The expressions mean the same in Python as in the collector, which is written in Go.
#[test]
fn the_collector_masks_secrets_and_none_of_our_attributes() {
    let script = r#"
import re, sys, yaml
redaction = yaml.safe_load(open("compose/collector/config.yaml"))["processors"]["redaction"]
keys = [it for it in sys.argv[1].split() if any(re.search(p, it) for p in redaction["blocked_key_patterns"])]
values = [it for it in sys.argv[2].split("|") if not any(re.search(p, it) for p in redaction["blocked_values"])]
print(keys, values)
"#;
    let attributes = TRACES.split("\n### Attributes\n").nth(1).unwrap().split("\n### ").next().unwrap();
    let attributes = attributes.lines().filter_map(|it| it.strip_prefix("| `")?.split('`').next());
    let attributes = attributes.collect::<Vec<_>>().join(" ");
    assert!(attributes.contains("http.route"), "{attributes}");
    let secrets = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl|Bearer 0123456789abcdef\
        |postgres://ada:lovelace@postgres/tasks|-----BEGIN PRIVATE KEY-----";
    let script = ["-c", script, &attributes, secrets];
    let unexpected = printed("target/compose-venv/bin/python", &script);
    assert_eq!(unexpected, "[] []\n", "attributes that are masked, and secrets that are not");
    let script = ["-c", script[1], "http.request.header.authorization db.password", ""];
    let masked = printed("target/compose-venv/bin/python", &script);
    assert_eq!(masked, "['http.request.header.authorization', 'db.password'] ['']\n");
}

/// Debian's Prometheus is older than that of the stack and does not know the section `otlp`, which is left out here.
#[test]
fn promtool_takes_the_configuration_of_prometheus() {
    let file = text("prometheus/prometheus.yaml");
    let (before, rest) = file.split_once("\notlp:\n").unwrap();
    let (_, after) = rest.split_once("\nstorage:\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prometheus.yaml");
    std::fs::write(&path, format!("{before}\nstorage:\n{after}")).unwrap();
    for rules in ["recording.yaml", "alerts.yaml"] {
        std::fs::write(folder.path().join(rules), text(&format!("prometheus/{rules}"))).unwrap();
    }
    printed("target/prometheus/usr/bin/promtool", &["check", "config", path.to_str().unwrap()]);
}
