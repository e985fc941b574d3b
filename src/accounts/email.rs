use lettre::Address;
use unicode_normalization::UnicodeNormalization;

use crate::mutation::{UserError, UserErrorCode};

/// The longest address, in bytes (RFC 5321, section 4.5.3.1.3).
const MAX_BYTES: usize = 254;

/// An address that nobody can have (RFC 2606), for work that is done for nobody.
pub(super) const NOBODYS: &str = "nobody@seeka.invalid";

/// An email address in the one spelling that stands in the graph: NFC, lower case, its domain as the DNS knows it.
///
/// What stands before the `@` is ASCII: few mail servers take anything else (RFC 6531), and nobody could be reached.
/// In theory upper and lower case differ before the `@` (RFC 5321); no provider of today lets them.
///
/// # Errors
/// When it is no address.
pub(crate) fn normalised(field: &str, email: &str) -> Result<String, UserError> {
    let wrong = || UserError::of(field, UserErrorCode::Invalid, "this is not an email address");
    let email: String = email.trim().nfc().collect::<String>().to_lowercase();
    let (user, domain) = email.rsplit_once('@').filter(|(user, _)| user.is_ascii()).ok_or_else(wrong)?;
    let domain = url::Host::parse(domain).ok().filter(|host| matches!(host, url::Host::Domain(_))).ok_or_else(wrong)?;
    let address = Address::new(user, domain.to_string()).map_err(|_| wrong())?;
    let text = address.to_string();
    if text.len() > MAX_BYTES { Err(wrong()) } else { Ok(text) }
}

/// What stands before the `@` of an address.
pub(super) fn user_part(email: &str) -> &str {
    email.rsplit_once('@').map_or(email, |(user, _)| user)
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn one_address_has_one_spelling() {
        for (written, kept) in [
            (" Ada@Example.ORG ", "ada@example.org"),
            ("ada+tv@example.org", "ada+tv@example.org"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ] {
            assert_eq!(normalised("email", written).ok().as_deref(), Some(kept));
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for wrong in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@@example.org",
            "ada@127.0.0.1",
            "a b@example.org",
            "zoë@example.org",
            &long,
        ] {
            assert!(normalised("email", wrong).is_err(), "{wrong} was accepted");
        }
    }
}
