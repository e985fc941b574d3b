//! Text that people write: normalised (NFC, Unicode UAX #15) and counted in user-perceived characters (UAX #29).

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::mutation::{UserError, UserErrorCode};

/// One line of text, without spaces at its ends; `characters` says how many it may have.
///
/// # Errors
/// When it is too short or too long, or holds line breaks or other control characters.
pub fn line(field: &str, text: &str, characters: RangeInclusive<usize>) -> Result<String, UserError> {
    checked(field, text, characters, char::is_control)
}

/// Text that may have line breaks.
///
/// # Errors
/// When it is too short or too long, or holds control characters other than line breaks and tabs.
pub fn paragraphs(field: &str, text: &str, characters: RangeInclusive<usize>) -> Result<String, UserError> {
    checked(field, text, characters, |character| character.is_control() && !matches!(character, '\n' | '\t'))
}

/// Whether a text can stand in addresses: lower-case letters (a to z), digits, and single hyphens between them.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split('-').all(|part| !part.is_empty() && part.bytes().all(is_plain))
}

fn checked(
    field: &str,
    text: &str,
    characters: RangeInclusive<usize>,
    is_wrong: impl Fn(char) -> bool,
) -> Result<String, UserError> {
    let text: String = text.replace("\r\n", "\n").trim().nfc().collect();
    if text.chars().any(is_wrong) {
        return Err(UserError::of(field, UserErrorCode::Invalid, "it holds control characters"));
    }
    let (count, least, most) = (text.graphemes(true).count(), *characters.start(), *characters.end());
    // A character can be made of any number of code points, so their number has a limit, too.
    if count > most || text.len() > most.saturating_mul(MAX_BYTES_PER_CHARACTER) {
        let message = format!("it may have at most {most} characters, and has {count}");
        return Err(UserError::of(field, UserErrorCode::TooLong, message));
    }
    if count < least {
        let (code, message) = match count {
            0 => (UserErrorCode::Blank, "it must not be empty".to_owned()),
            _ => (UserErrorCode::TooShort, format!("it must have at least {least} characters, and has {count}")),
        };
        return Err(UserError::of(field, code, message));
    }
    Ok(text)
}

/// The most bytes that a character is given on average: the longest emoji in use has 35.
const MAX_BYTES_PER_CHARACTER: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_have_words_and_single_hyphens() {
        for (text, is) in [("a", true), ("a-1-b", true), ("", false), ("-a", false), ("a-", false), ("a--b", false)] {
            assert_eq!(is_slug(text), is, "{text}");
        }
        for wrong in ["A", "é", "a b", "a_b"] {
            assert!(!is_slug(wrong), "{wrong}");
        }
    }

    #[test]
    fn characters_are_those_that_people_see() {
        assert_eq!(line("a", " e\u{301}👩‍👩‍👧‍👦 ", 2..=2).ok().as_deref(), Some("é👩‍👩‍👧‍👦"));
        for (text, code) in [
            ("", UserErrorCode::Blank),
            (" \n ", UserErrorCode::Blank),
            ("a", UserErrorCode::TooShort),
            ("abcd", UserErrorCode::TooLong),
            ("a\nb", UserErrorCode::Invalid),
            ("a\0b", UserErrorCode::Invalid),
        ] {
            assert_eq!(line("a", text, 2..=3).err().map(|error| error.code), Some(code), "{text:?}");
        }
        assert_eq!(paragraphs("a", "a\r\nb", 2..=3).ok().as_deref(), Some("a\nb"));
        let zalgo = format!("a{}", "\u{301}".repeat(1_000));
        assert_eq!(line("a", &zalgo, 0..=3).err().map(|error| error.code), Some(UserErrorCode::TooLong));
    }
}
