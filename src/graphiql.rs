//! The `GraphiQL` page: where people try queries and read the manual that the schema's descriptions make.
//!
//! The binary holds the whole page (see `build.rs`), so it works without a connection to the internet, and no other host
//! learns who uses it.

use std::io::Read;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;

/// The name and the gzip-compressed content of each file of the page.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// Changes whenever any of the files does.
const VERSION: &str = env!("GRAPHIQL_VERSION");

/// What the page may do in a browser: use what this server holds, and nothing else.
///
/// `GraphiQL` carries its fonts and a few pictures inside its style sheet. The hash stands for the one style element that it
/// writes, which keeps the page still behind an open dialog or menu; after an update the browser's console names a new one.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; img-src 'self' data:; font-src data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves the page at `/` and its parts below `/graphiql/`.
///
/// The page only uses addresses relative to its own, so a proxy may put all of it behind a path prefix.
pub(crate) fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    Router::new().route("/", get(index)).route("/graphiql/{name}", get(part))
}

/// Answers with the page, or with a page that tells how to get it when the build had to leave it out.
async fn index(uri: Uri, headers: HeaderMap) -> Response {
    let complete = FILES.iter().any(|(name, _)| *name == "graphiql.min.js");
    let status = if complete { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    serve("index.html", status, &uri, &headers)
}

async fn part(Path(name): Path<String>, uri: Uri, headers: HeaderMap) -> Response {
    serve(&name, StatusCode::OK, &uri, &headers)
}

fn serve(name: &str, status: StatusCode, uri: &Uri, request: &HeaderMap) -> Response {
    let Some((_, compressed)) = FILES.iter().find(|(file, _)| *file == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Weak, since the same tag stands for the compressed and the plain form.
    let tag = format!("W/\"{VERSION}\"");
    let known = request.get(IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == tag.as_bytes());
    // The page asks for its parts by version, so a browser need never ask for the same one again.
    let lifetime = if uri.query() == Some(VERSION) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (CONTENT_TYPE, content_type(name)),
        (CACHE_CONTROL, lifetime),
        (ETAG, &tag),
        (VARY, "accept-encoding"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    if known && status == StatusCode::OK {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if accepts_gzip(request) {
        return (status, headers, [(CONTENT_ENCODING, "gzip")], *compressed).into_response();
    }
    let mut plain = Vec::new();
    match GzDecoder::new(*compressed).read_to_end(&mut plain) {
        Ok(_) => (status, headers, plain).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether the client takes gzip, as every browser does; plain HTTP clients often do not.
fn accepts_gzip(request: &HeaderMap) -> bool {
    let codings = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        // A weight of nothing but zeros is a refusal.
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim_matches(['0', '.']).is_empty()));
        gzip && !refused
    })
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_a_client_that_takes_gzip_gets_it() {
        let cases = [
            ("gzip, deflate, br", true),
            ("br;q=1, GZIP; q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.00", false),
            ("identity", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepts_gzip(&headers), expected, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn every_part_that_the_page_names_is_there() {
        let files = |name: &str| FILES.iter().find(|(file, _)| *file == name);
        let mut page = String::new();
        if let Some((_, compressed)) = files("index.html") {
            assert!(GzDecoder::new(*compressed).read_to_string(&mut page).is_ok());
        }
        let names: Vec<_> =
            page.split("./graphiql/").skip(1).filter_map(|rest| rest.split(['?', '"']).next()).collect();
        assert!(names.len() > 1);
        for name in names {
            assert!(files(name).is_some(), "{name}");
        }
        assert!(!page.contains("://"), "the page must not name another host");
    }
}
