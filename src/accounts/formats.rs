//! What follows a standard: languages, countries and addresses on the web.

use celes::Country;
use icu_locale_core::Locale;
use url::Url;

use crate::mutation::{UserError, UserErrorCode};

/// The longest language tag, in bytes: RFC 5646, section 4.4.1, asks for 35.
const MAX_LANGUAGE_TAG_BYTES: usize = 35;
/// The longest address on the web, in bytes.
const MAX_URL_BYTES: usize = 2_000;

/// A language as a BCP 47 tag, in its canonical spelling: `pt-br` becomes `pt-BR`.
///
/// # Errors
/// When it is none.
pub(crate) fn language(field: &str, text: &str) -> Result<String, UserError> {
    let text = text.trim();
    let locale = Some(text).filter(|text| text.len() <= MAX_LANGUAGE_TAG_BYTES);
    let locale =
        locale.and_then(|text| Locale::try_from_str(text).ok()).filter(|locale| !locale.id.language.is_unknown());
    let wrong = || UserError::of(field, UserErrorCode::Invalid, "a language is a BCP 47 tag, such as en or pt-BR");
    locale.map(|locale| locale.to_string()).ok_or_else(wrong)
}

/// A country, as two letters of ISO 3166-1.
///
/// # Errors
/// When there is none with these letters.
pub(super) fn country(field: &str, text: &str) -> Result<String, UserError> {
    let wrong = || UserError::of(field, UserErrorCode::Invalid, "a country is two letters of ISO 3166-1, such as DE");
    let country = Country::from_alpha2(text.trim().to_lowercase()).map_err(|_| wrong())?;
    Ok(country.alpha2.to_uppercase())
}

/// An address on the web in its normalised spelling (WHATWG URL): `http` or `https`, without a password.
///
/// # Errors
/// When it is none.
pub(crate) fn web_address(field: &str, text: &str) -> Result<String, UserError> {
    let wrong = |code, message: &str| UserError::of(field, code, message);
    let url =
        Url::parse(text.trim()).map_err(|_| wrong(UserErrorCode::Invalid, "this is not an address on the web"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(UserErrorCode::Invalid, "it begins with http:// or https://, and names no user"));
    }
    if url.as_str().len() > MAX_URL_BYTES {
        return Err(wrong(UserErrorCode::TooLong, "the address is too long"));
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standards_have_one_spelling() {
        for (text, kept) in [("pt-br", Some("pt-BR")), ("zh-hant-tw", Some("zh-Hant-TW")), ("EN", Some("en"))] {
            assert_eq!(language("locale", text).ok().as_deref(), kept);
        }
        for wrong in ["", "und", "english please", "e", &"en-".repeat(20)] {
            assert!(language("locale", wrong).is_err(), "{wrong} was accepted");
        }
        assert_eq!(country("country", " de ").ok().as_deref(), Some("DE"));
        for wrong in ["", "D", "ZZ", "DEU"] {
            assert!(country("country", wrong).is_err(), "{wrong} was accepted");
        }
        assert_eq!(web_address("url", "HTTPS://Example.org").ok().as_deref(), Some("https://example.org/"));
        for wrong in ["", "javascript:alert(1)", "example.org", "https://a:b@example.org", "ftp://example.org"] {
            assert!(web_address("url", wrong).is_err(), "{wrong} was accepted");
        }
    }
}
