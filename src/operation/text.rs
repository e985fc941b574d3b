//! What is counted in the text of a document before it is parsed.

use super::{Rejection, too_complex};
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
            '"' => string_length(rest),
            '.' => rest.len() - rest.trim_start_matches('.').len(),
            first if is_word(first) => {
                let length = rest.find(|other| !is_word(other) && other != '.').unwrap_or(rest.len());
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

/// The length of the string that `text` begins with, in bytes; to the end, if it is not closed.
fn string_length(text: &str) -> usize {
    let (open, escape) = if text.starts_with("\"\"\"") { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut at = open.len();
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if open.len() == 1 && rest[0] == b'\n' {
            break;
        }
        if rest.starts_with(escape.as_bytes()) {
            // A backslash takes the next character with it, whatever it is; in a block string only quotes.
            at += escape.len().max(2);
        } else if rest.starts_with(open.as_bytes()) {
            return at + open.len();
        } else {
            at += 1;
        }
    }
    // An escape may reach beyond the end, and a line may break within a character.
    (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
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
            ("{ a(b: \"not closed", 6),
            ("{ a(b: \"not closed\\", 6),
            ("\"\"\"💥\\", 1),
            ("💥 é", 2),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text), expected, "{text}");
        }
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
