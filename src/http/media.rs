//! Media types: which one an answer has, and which ones a request may have.
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types>

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use headers_accept::Accept;
use mediatype::names::{self, APPLICATION, JSON};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};

/// The media type of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// `application/json`: a status says nothing about the document.
    Json,
    /// `application/graphql-response+json`: a document that is not executed has a status of its own.
    GraphqlResponse,
}

const AVAILABLE: [MediaType; 2] = [
    MediaType::new(APPLICATION, JSON),
    MediaType::from_parts(APPLICATION, Name::new_unchecked("graphql-response"), Some(JSON), &[]),
];

impl Answer {
    /// What the client prefers; `application/json` if it does not care, and `None` if it takes neither.
    pub(super) fn negotiated(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: Vec<_> = values.flat_map(MediaTypeList::new).collect();
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        // Of the parameters only the weight counts: both types are always in UTF-8.
        let ranges = ranges.iter().flatten().map(|range| {
            let weight = range.get_param(names::Q).map_or("1", |weight| weight.as_str());
            format!("{};q={weight}", range.essence())
        });
        let chosen = ranges.collect::<Vec<_>>().join(",").parse::<Accept>().ok()?.negotiate(&AVAILABLE)?.suffix;
        Some(if chosen.is_some() { Self::GraphqlResponse } else { Self::Json })
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// Whether a body is said to be JSON in UTF-8. A form or a plain text, which a page of another site could
/// send without asking, never is.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let Ok(media_type) = MediaType::parse(value) else { return false };
    let charset = media_type.get_param(names::CHARSET);
    media_type.essence() == AVAILABLE[0]
        && charset.is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_preferred_media_type_is_chosen() {
        let cases = [
            ("", Some(Answer::Json)),
            ("*/*", Some(Answer::Json)),
            ("application/*", Some(Answer::Json)),
            ("application/json", Some(Answer::Json)),
            ("application/json; charset=utf-8", Some(Answer::Json)),
            ("application/json; charset=UTF-8", Some(Answer::Json)),
            ("application/graphql-response+json; charset=utf-8", Some(Answer::GraphqlResponse)),
            ("application/graphql-response+json", Some(Answer::GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Answer::GraphqlResponse)),
            ("application/graphql-response+json;q=0.1, application/json", Some(Answer::Json)),
            ("application/graphql-response+json, application/json", Some(Answer::GraphqlResponse)),
            ("text/html, */*;q=0.1", Some(Answer::Json)),
            ("application/json;q=0, */*", Some(Answer::GraphqlResponse)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("nonsense", None),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]);
            assert_eq!(Answer::negotiated(&headers), expected, "{value}");
        }
        assert_eq!(Answer::negotiated(&HeaderMap::new()), Some(Answer::Json));
    }

    #[test]
    fn only_json_is_json() {
        for value in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert!(is_json(&headers), "{value}");
        }
        for value in [
            "",
            "text/plain",
            "text/plain; application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=application/json",
            "application/graphql",
            "application/json; charset=utf-16",
            "application/json+x",
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert!(!is_json(&headers), "{value}");
        }
    }
}
