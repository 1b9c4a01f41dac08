//! The answer for a path that matches no route. A person who mistypes an address in a browser gets a page that leads on;
//! programs get the problem document.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::assets;
use super::security::Row;
use crate::error::ApiError;
use crate::public_url::PublicUrl;

/// The fallback of all routes: 404 in either form.
pub(crate) async fn no_route(method: Method, uri: Uri, public: PublicUrl, headers: HeaderMap) -> Response {
    let mut response = ApiError::no_route(&uri).into_response();
    if is_of_api(uri.path()) {
        return response;
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    let is_read = matches!(method, Method::GET | Method::HEAD);
    if let Some(page) = assets::find("not-found.html").filter(|_| is_read && prefers_html(&headers)) {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, html);
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(page.under(public.prefix()));
        response.extensions_mut().insert(Row::Page);
    }
    response
}

/// Whether the path is that of the API, whose clients are programs whatever they accept.
fn is_of_api(path: &str) -> bool {
    path.strip_prefix("/api").is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// Whether the client names HTML, and wants nothing that we could send rather than it (RFC 9110, section 12.5.1). Browsers name it
/// in navigations only.
fn prefers_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|it| it.to_str().ok());
    let ranges: Vec<(&str, f32)> = values.flat_map(|it| it.split(',')).map(range).collect();
    let of = |name: &str| ranges.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1);
    let json = ["application/problem+json", "application/json", "application/*"].into_iter().find_map(of);
    let any = of("*/*").unwrap_or(0.0);
    of("text/html").is_some_and(|html| html > 0.0 && html >= any && json.is_none_or(|json| html > json))
}

/// A range of media types in `Accept`, and its weight.
fn range(text: &str) -> (&str, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|it| it.strip_prefix("q=").or_else(|| it.strip_prefix("Q=")));
    (name, weight.map_or(1.0, |it| it.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_for_who_names_html_before_json() {
        let prefers = |value: &'static str| {
            prefers_html(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))]))
        };
        for value in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html",
            "TEXT/HTML; charset=utf-8, */*",
            "application/json;q=0.5, text/html;q=0.9",
        ] {
            assert!(prefers(value), "{value}");
        }
        for value in [
            "",
            "*/*",
            "text/*",
            "application/json, text/plain, */*",
            "application/json, text/html",
            "text/html;q=0.5, */*",
            "text/html;q=0",
            "text/html;q=much",
            "application/problem+json;q=0.9, text/html;q=0.8",
        ] {
            assert!(!prefers(value), "{value}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }

    #[test]
    fn the_paths_of_the_api_end_with_its_name() {
        assert!(["/api", "/api/", "/api/wrokers"].into_iter().all(is_of_api));
        assert!(!["/", "/wrokers", "/apis", "/x/api/tasks"].into_iter().any(is_of_api));
    }
}
