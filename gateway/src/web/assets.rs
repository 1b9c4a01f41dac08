//! The embedded files of `gateway/web`, each in two representations: as it is, and compressed by gzip.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::security::Row;
use crate::input::IfNoneMatch;

/// The name, from `gateway/web` on, and the content of each file, as `gateway/build.rs` found them.
const FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> =
    LazyLock::new(|| FILES.iter().map(|(name, content)| (*name, Asset::new(name, content))).collect());

/// An embedded file.
pub(super) struct Asset {
    content: &'static [u8],
    content_type: &'static str,
    representations: OnceLock<Representations>,
}

/// What is made of a file when it is first asked for.
struct Representations {
    tag: String,
    /// `None` if it is not smaller than the file.
    gzip: Option<Bytes>,
}

/// The names of all files.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The file with that name, such as `page/main.js`.
pub(super) fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.get(name)
}

impl Asset {
    fn new(name: &str, content: &'static [u8]) -> Self {
        Self { content, content_type: content_type(name), representations: OnceLock::new() }
    }

    /// 304 without a body when `If-None-Match` names the representation that would be sent, else 200. A browser asks before
    /// each use, so that it never mixes files of two versions for longer than a page lives.
    pub(super) async fn answer(
        &'static self,
        row: Row,
        request: &HeaderMap,
        condition: &IfNoneMatch,
    ) -> Response {
        if self.representations.get().is_none() {
            // Compressing the largest file takes some 100 ms. Whoever asks meanwhile waits for it, off the runtime's threads.
            let _ = tokio::task::spawn_blocking(|| self.representations()).await;
        }
        let Representations { tag, gzip } = self.representations();
        let compressed = gzip.as_ref().filter(|_| takes_gzip(request));
        let tag = if compressed.is_some() { format!("{tag}-gzip") } else { tag.clone() };
        let content = compressed.cloned().unwrap_or(Bytes::from_static(self.content));
        self.respond(row, &tag, content, compressed.is_some(), condition)
    }

    /// The same for a document under a path prefix: its links begin with the prefix. It is small, so it is not compressed.
    pub(super) fn answer_under(&self, prefix: &str, row: Row, condition: &IfNoneMatch) -> Response {
        let document = self.under(prefix);
        let tag = hash(document.as_bytes());
        self.respond(row, &tag, document.into(), false, condition)
    }

    /// A document whose links begin with a path prefix.
    pub(super) fn under(&self, prefix: &str) -> String {
        String::from_utf8_lossy(self.content).replace("=\"/", &format!("=\"{prefix}/"))
    }

    fn respond(
        &self,
        row: Row,
        tag: &str,
        content: Bytes,
        is_compressed: bool,
        condition: &IfNoneMatch,
    ) -> Response {
        let mut response = if condition.has(tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Response::new(Body::from(content))
        };
        let is_sent = response.status() == StatusCode::OK;
        let headers = response.headers_mut();
        if is_sent {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if is_compressed {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        if let Ok(tag) = HeaderValue::try_from(format!("\"{tag}\"")) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response.extensions_mut().insert(row);
        response
    }

    fn representations(&self) -> &Representations {
        self.representations.get_or_init(|| Representations {
            tag: hash(self.content),
            gzip: compress(self.content).filter(|it| it.len() < self.content.len()),
        })
    }
}

fn hash(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}

fn compress(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |it| it.1) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        // Licences.
        _ => "text/plain; charset=utf-8",
    }
}

/// Whether the client accepts gzip (RFC 9110, section 12.5.3): it names it, or everything, with a weight above 0.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    let codings: Vec<(&str, bool)> = values.flat_map(|it| it.split(',')).map(coding).collect();
    let of = |name: &str| codings.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1);
    of("gzip").or_else(|| of("*")).unwrap_or(false)
}

/// A coding of `Accept-Encoding`, and whether its weight is above 0.
fn coding(text: &str) -> (&str, bool) {
    let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
    let weight = parameters.trim().strip_prefix("q=").and_then(|it| it.trim().parse::<f32>().ok());
    (name.trim(), weight.unwrap_or(1.0) > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        for value in ["gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.5", "*", "GZIP"] {
            assert!(takes(value), "{value}");
        }
        for value in ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "x-gzipped"] {
            assert!(!takes(value), "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
