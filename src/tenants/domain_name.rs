use url::Host;

use crate::mutation::{UserError, UserErrorCode};

/// The longest domain, in bytes: a host name has 253, and the record that proves it stands below `_seeka.`.
const MAX_BYTES: usize = 246;
/// The longest part of a host name between dots, in bytes (RFC 1035, section 2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// Reads a domain that somebody wants to use, in the spelling that the DNS knows (RFC 5891): lower case, in ASCII.
///
/// # Errors
/// When it is no host name of at least two parts.
pub(super) fn parse(field: &str, text: &str) -> Result<String, UserError> {
    let wrong = || {
        UserError::of(field, UserErrorCode::Invalid, "this is not a domain such as series.example.org")
    };
    let name = folded(text).ok_or_else(wrong)?;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_label = |label: &str| {
        (1..=MAX_LABEL_BYTES).contains(&label.len())
            && label.chars().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > MAX_BYTES || !name.contains('.') || !name.split('.').all(is_label) {
        return Err(wrong());
    }
    Ok(name)
}

/// A domain that somebody looks for, in the spelling that is kept.
pub(crate) fn folded(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix('.').unwrap_or(text);
    match Host::parse(text) {
        Ok(Host::Domain(name)) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_domain_has_one_spelling() {
        for (written, kept) in [
            (" Series.Example.ORG. ", "series.example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(parse("name", written).ok().as_deref(), Some(kept));
        }
        let long = format!("{}.example", "a.".repeat(130));
        for wrong in
            ["", "localhost", "127.0.0.1", "[::1]", "a b.example", "https://example.org", "example.org/x", "_a.example",
             "-a.example", "a..example", "example.org:80", &long]
        {
            assert!(parse("name", wrong).is_err(), "{wrong} was accepted");
        }
    }
}
