//! What is counted in the text of a document before it is parsed.

use super::{Rejection, bad_input, too_complex};
use crate::config::OperationLimits;

/// The deepest nesting of brackets of any kind. The parser calls itself for each, and a stack that
/// overflows would end the whole process; no real query comes near.
const MAX_NESTED_BRACKETS: usize = 200;

/// The longest name or number, in bytes. Messages repeat names, and the parser looks at one again and again.
const MAX_WORD_BYTES: usize = 256;

/// Refuses a text with too many tokens, or nested too deep to be parsed.
///
/// Tokens are those of <https://spec.graphql.org/October2021/#sec-Language.Source-Text.Lexical-Tokens>.
/// A text that is no GraphQL is counted somehow, and the parser says what is wrong with it.
pub(super) fn check(text: &str, limits: &OperationLimits) -> Result<(), Rejection> {
    let max_bytes = limits.max_document_bytes;
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > max_bytes {
        return Err(
            too_complex(format!("a document has at most {max_bytes} bytes: send long texts in variables")).into()
        );
    }
    count(text, limits.max_tokens)
}

fn count(text: &str, max_tokens: u64) -> Result<(), Rejection> {
    let (mut tokens, mut open) = (0_u64, 0_usize);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}' => {
                rest = &rest[first.len_utf8()..];
                continue;
            }
            '#' => {
                rest = &rest[rest.find(['\n', '\r']).unwrap_or(rest.len())..];
                continue;
            }
            '"' => string_length(rest).ok_or_else(|| bad_input("a text in the document is not closed".to_owned()))?,
            '.' => rest.len() - rest.trim_start_matches('.').len(),
            first if is_word(first) => {
                let length = word_length(rest);
                if length > MAX_WORD_BYTES {
                    return Err(
                        too_complex(format!("a name or a number has at most {MAX_WORD_BYTES} characters")).into()
                    );
                }
                length
            }
            other => other.len_utf8(),
        };
        match first {
            '{' | '[' | '(' => open += 1,
            '}' | ']' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_NESTED_BRACKETS {
            return Err(too_complex(format!("a document has at most {MAX_NESTED_BRACKETS} nested brackets")).into());
        }
        tokens += 1;
        if tokens > max_tokens {
            return Err(too_complex(format!("a document has at most {max_tokens} tokens")).into());
        }
        rest = &rest[length..];
    }
    Ok(())
}

/// Names and numbers, with their signs.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '-' || character == '+'
}

/// The length of the name or number that `text` begins with, in bytes. A point belongs to a number if a digit
/// follows; otherwise it begins a spread.
fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_number = bytes.first().is_some_and(|first| first.is_ascii_digit() || *first == b'-');
    let continues = |at: usize| match bytes[at] {
        b'.' => is_number && bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        other => is_word(char::from(other)),
    };
    (0..bytes.len()).find(|at| !continues(*at)).unwrap_or(bytes.len())
}

/// The length of the string that `text` begins with, in bytes; `None` if it does not end. The parser would
/// look for its end again and again then, from each of its quotes on.
fn string_length(text: &str) -> Option<usize> {
    let (quotes, escape) = if text.starts_with("\"\"\"") { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let is_block = quotes.len() > 1;
    let bytes = text.as_bytes();
    let mut at = quotes.len();
    while at < bytes.len() {
        let rest = &bytes[at..];
        if !is_block && (rest[0] == b'\n' || rest[0] == b'\r') {
            return None;
        }
        if rest.starts_with(escape.as_bytes()) {
            // In a line, a backslash takes the next character with it; in a block, only three quotes.
            at += escape.len().max(2);
        } else if rest.starts_with(quotes.as_bytes()) {
            return Some(at + quotes.len());
        } else {
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of tokens, found by raising the limit.
    fn tokens(text: &str) -> u64 {
        (0..1_000).find(|limit| count(text, *limit).is_ok()).unwrap_or(1_000)
    }

    #[test]
    fn tokens_are_counted_as_the_language_has_them() {
        let cases = [
            ("", 0),
            ("  # a comment { with (everything }\n,,\u{feff}", 0),
            ("{ a }", 3),
            ("query Q($n: [Int!]! = 12.5e-3) @d { ...F a: b(c: -1, d: $n) }", 32),
            (r#"{ a(b: "text } with { \" quotes \\") }"#, 8),
            (r#"{ a(b: """block "quoted" \""" and } more""") }"#, 8),
            ("{a...F...F...F}", 9),
            ("1.5.F -2..3 a.b", 9),
            ("\"💥\" \"\" \"\"\"\"\"\"", 3),
            ("💥 é", 2),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_does_not_end_is_refused() {
        for text in
            ["{ a(b: \"not closed", "\"line\nline\"", "\"line\rline\"", "\"\"\"block\"\"", "\"escaped\\\"", "\"💥\\"]
        {
            assert!(count(text, 100).is_err(), "{text}");
        }
        assert!(count(&format!("{{a(b:[\"{}", "x\\\"\"\"\"\"".repeat(20)), 1_000).is_err());
    }

    #[test]
    fn names_and_numbers_have_an_end() {
        for character in ["a", "1", "_"] {
            assert!(count(&character.repeat(MAX_WORD_BYTES), 1).is_ok());
            assert!(count(&character.repeat(MAX_WORD_BYTES + 1), 1).is_err());
        }
        assert!(count(&format!("\"{}\"", "a".repeat(1_000)), 1).is_ok());
    }

    #[test]
    fn brackets_in_texts_do_not_nest() {
        assert!(count(&format!("{{ a(b: \"{}\") }}", "[".repeat(1_000)), 100).is_ok());
        assert!(count(&"[".repeat(MAX_NESTED_BRACKETS), 1_000).is_ok());
        assert!(count(&"[".repeat(MAX_NESTED_BRACKETS + 1), 1_000).is_err());
        assert!(count(&"{}".repeat(400), 1_000).is_ok());
    }
}
