//! What caches may keep (RFC 9111), and the tags by which a client asks whether anything has changed
//! (RFC 9110, section 8.8.3).

use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::answer::Answered;
use super::request::is_safe;
use crate::operation::CachePolicy;

/// The headers that change an answer.
const VARIES: &str = "accept, authorization, x-seeka-tenant";
/// The part of a hash that a tag has, in bytes.
const TAG_BYTES: usize = 16;

/// Adds to `headers` what caches need to know; says whether the client has this answer already.
pub(super) fn apply(request: &Parts, answer: &Answered, headers: &mut HeaderMap) -> bool {
    headers.insert(VARY, HeaderValue::from_static(VARIES));
    let age = match answer.cache {
        CachePolicy::Public(age) if is_safe(&request.method) => age,
        _ => {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            return false;
        }
    };
    // The data alone: what else an answer carries (its correlation id) differs every time, which a weak
    // tag may overlook.
    let Ok(data) = serde_json::to_vec(&answer.body.data) else { return false };
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(data)[..TAG_BYTES]));
    let known = request.headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known.flat_map(|value| value.split(',')).map(str::trim).any(|known| known == tag || known == "*");
    if let (Ok(control), Ok(tag)) = (format!("public, max-age={age}").try_into(), tag.try_into()) {
        headers.insert(CACHE_CONTROL, control);
        headers.insert(ETAG, tag);
    }
    is_known
}
