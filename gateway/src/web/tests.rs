//! What browsers get over the router: files by their conditions, and the security headers of each route.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use platform::shutdown::Shutdown;
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;

use super::security::SecurityHeaders;
use super::*;

async fn ask(path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let peer = |name| net::grpc::Peer::new(name, "http://127.0.0.1:9", None).unwrap();
    let services =
        Services::connect(&peer("task-service"), &peer("worker-service"), "0.0.0", Shutdown::new());
    let router = crate::router::routes().with_state(services);
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let mut response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    SecurityHeaders::new(|| None).secure(&mut response);
    response
}

async fn content(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

fn value(response: &Response, name: header::HeaderName) -> String {
    response.headers().get(name).map(|it| it.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_file_is_sent_again_only_when_it_is_another() {
    let first = ask("/sse-worker.js", &[]).await;
    assert_eq!(value(&first, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
    assert_eq!(value(&first, header::CACHE_CONTROL), "no-cache");
    let tag = value(&first, header::ETAG);
    let again = ask("/sse-worker.js", &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!((again.status(), value(&again, header::ETAG)), (StatusCode::NOT_MODIFIED, tag.clone()));
    assert_eq!(content(again).await, b"");
    let other = ask("/sse-client.js", &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_two_representations_of_a_file_have_tags_of_their_own() {
    let plain = ask("/sse-worker.js", &[]).await;
    let compressed = ask("/sse-worker.js", &[(header::ACCEPT_ENCODING, "gzip, br")]).await;
    for response in [&plain, &compressed] {
        assert_eq!(value(response, header::VARY), "accept-encoding");
    }
    assert_eq!(value(&plain, header::CONTENT_ENCODING), "");
    assert_eq!(value(&compressed, header::CONTENT_ENCODING), "gzip");
    let tag = value(&plain, header::ETAG);
    assert_ne!(tag, value(&compressed, header::ETAG));
    let headers = [(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, &*tag)];
    assert_eq!(ask("/sse-worker.js", &headers).await.status(), StatusCode::OK, "it has the other one");
    let (plain, compressed) = (content(plain).await, content(compressed).await);
    assert!(compressed.len() < plain.len() / 2, "{} {}", compressed.len(), plain.len());
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(compressed.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn every_view_is_answered_with_the_shell_of_the_page() {
    let shell = include_bytes!("../../web/index.html");
    for view in VIEWS {
        let answer = ask(&view.replace("{id}", "0198"), &[]).await;
        assert_eq!(value(&answer, header::CONTENT_TYPE), "text/html; charset=utf-8", "{view}");
        assert_eq!(content(answer).await, shell, "{view}");
    }
}

/// The files beneath `gateway/web` that are served by their own names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { files(&it) } else { vec![it] }).collect()
}

#[tokio::test]
async fn every_file_is_served_as_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    let mut served = 0;
    for file in files(&root) {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        let answer = ask(&format!("/{name}"), &[]).await;
        if [".html", "README.md", ".d.ts"].iter().any(|it| name.ends_with(it)) {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
            continue;
        }
        let kind = value(&answer, header::CONTENT_TYPE);
        // The type of last resort is for licences.
        let is_notice = ["LICENSE", "LICENSE.txt", "NOTICE"].iter().any(|it| name.ends_with(it));
        assert_eq!(kind.starts_with("text/plain"), is_notice, "{name}: {kind}");
        let (content, written) = (content(answer).await, std::fs::read(&file).unwrap());
        if file.extension().is_some_and(|it| it == "js") && !name.starts_with("vendor/") {
            assert_same_code(name, &content, &written);
        } else {
            assert!(content == written, "{name}");
        }
        served += 1;
    }
    assert!(served > 4);
}

/// Each line of code is where it was written; only lines that are comments are empty.
fn assert_same_code(name: &str, served: &[u8], written: &[u8]) {
    let lines = |text| std::str::from_utf8(text).unwrap().lines();
    assert_eq!(lines(served).count(), lines(written).count(), "{name}");
    for (served, written) in lines(served).zip(lines(written)) {
        let may_be_comment = written.trim_start().starts_with(['/', '*']);
        assert!(served == written || (served.is_empty() && may_be_comment), "{name}: {written}");
    }
}

/// The path of what the script with that name imports.
fn resolved(name: &str, import: &str) -> String {
    let folder = name.rsplit_once('/').map_or("", |it| it.0);
    let mut parts: Vec<&str> = if import.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in import.split('/').filter(|it| !it.is_empty()) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            it => parts.push(it),
        }
    }
    format!("/{}", parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("/"))
}

#[tokio::test]
async fn every_module_that_a_module_imports_is_served() {
    let ours = assets::names().filter(|it| !it.starts_with("vendor/"));
    for name in ours.filter(|it| it.rsplit_once('.').is_some_and(|it| it.1 == "js")) {
        let script = String::from_utf8(content(ask(&format!("/{name}"), &[]).await).await).unwrap();
        let imports =
            script.lines().filter(|it| !it.trim_start().starts_with(['/', '*'])).filter_map(imported);
        for import in imports {
            let path = resolved(name, import);
            assert_eq!(ask(&path, &[]).await.status(), StatusCode::OK, "{name} imports {import}");
        }
    }
}

/// The script that a line imports, if it does.
fn imported(line: &str) -> Option<&str> {
    let quoted = line.split_once(" from \"").or_else(|| line.split_once("import(\""))?.1;
    quoted.split_once('"').map(|it| it.0)
}

const ROUTER: &str = include_str!("../router.rs");
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types lit-html ccm";

/// The security headers of an answer, one a line.
fn security(response: &Response) -> Vec<String> {
    let of_other_purpose = ["content-type", "content-length", "etag", "cache-control", "vary", "allow"];
    let others = ["www-authenticate", "retry-after"];
    let headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let of_security = headers.filter(|it| !of_other_purpose.contains(&it.0) && !others.contains(&it.0));
    let mut lines: Vec<String> = of_security.map(|(name, value)| format!("{name}: {value}")).collect();
    lines.sort();
    lines
}

fn document(policy: &str) -> Vec<String> {
    [
        &format!("content-security-policy: {policy}"),
        "cross-origin-opener-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "permissions-policy: camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()",
        "referrer-policy: same-origin",
        "x-content-type-options: nosniff",
    ]
    .map(ToOwned::to_owned)
    .to_vec()
}

fn no_document(policy: &str) -> Vec<String> {
    [
        &format!("content-security-policy: {policy}"),
        "cross-origin-resource-policy: same-origin",
        "x-content-type-options: nosniff",
    ]
    .map(ToOwned::to_owned)
    .to_vec()
}

#[tokio::test]
async fn every_route_is_answered_with_its_row_of_security_headers() {
    let asset =
        no_document("default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'");
    let api = no_document("default-src 'none'; frame-ancestors 'none'");
    let viewer = document(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    let mut rows: Vec<(String, &[String])> = Vec::new();
    let page = document(PAGE);
    rows.extend(VIEWS.map(|it| (it.to_owned(), page.as_slice())));
    let files = assets::names().filter(|it| !is_document(it));
    rows.extend(files.map(|it| (format!("/{it}"), asset.as_slice())));
    let of_api = ROUTER.split(".route(\"").skip(1).map(|it| it.split('"').next().unwrap());
    rows.extend(of_api.map(|it| match it {
        "/api/docs" => (it.to_owned(), &*viewer),
        _ => (it.to_owned(), &*api),
    }));
    for path in ["/nothing", "/page/nothing.js", "/index.html"] {
        rows.push((path.to_owned(), &api));
    }
    assert!(rows.len() > 40, "{rows:?}");
    for (path, row) in rows {
        let answer = ask(&path.replace("{id}", "x"), &[]).await;
        assert_eq!(security(&answer), row, "{path}");
    }
}

#[tokio::test]
async fn an_answer_of_the_api_is_not_for_shared_caches() {
    assert_eq!(value(&ask("/livez", &[]).await, header::CACHE_CONTROL), "private, no-cache");
    // What a handler says holds.
    assert_eq!(value(&ask("/nothing", &[]).await, header::CACHE_CONTROL), "no-store");
    assert_eq!(value(&ask("/tasks", &[]).await, header::CACHE_CONTROL), "no-cache");
}

#[test]
fn the_page_may_connect_to_one_origin_more() {
    let of_issuer = security::page_policy(Some("https://issuer.example"));
    assert_eq!(of_issuer, PAGE.replace("connect-src 'self'", "connect-src 'self' https://issuer.example"));
}

/// The files that a README.md of `gateway/web/vendor` lists, with their hashes.
fn listed(readme: &Path) -> Vec<(String, PathBuf)> {
    let text = std::fs::read_to_string(readme).unwrap();
    let lines = text.lines().filter_map(|it| it.split_once("  ")).filter(|it| it.0.len() == 64);
    lines.map(|(hash, name)| (hash.to_owned(), readme.with_file_name(name))).collect()
}

#[test]
fn the_libraries_of_others_are_as_they_were_published() {
    let vendored = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("web/vendor"));
    // Declarations are ours.
    let vendored = vendored.into_iter().filter(|it| !it.to_str().is_some_and(|it| it.ends_with(".d.ts")));
    let (readmes, libraries): (Vec<_>, Vec<_>) = vendored.partition(|it| it.ends_with("README.md"));
    let listed: Vec<(String, PathBuf)> = readmes.iter().flat_map(|it| listed(it)).collect();
    for (hash, file) in &listed {
        let found = std::fs::read(file).map(|it| format!("{:x}", Sha256::digest(it)));
        assert_eq!(found.ok().as_ref(), Some(hash), "{}", file.display());
    }
    let listed = listed.into_iter().map(|it| it.1).collect::<BTreeSet<_>>();
    assert_eq!(listed, libraries.into_iter().collect(), "the files of a README.md on the left");
}
