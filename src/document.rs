//! What is checked of a query before it is parsed, because the parser itself could not bear it.

use crate::error::{Error, Result};

/// The deepest nesting of brackets of any kind. The parser calls itself for each, and a stack that
/// overflows would end the whole process; no real query comes near.
const MAX_NESTED_BRACKETS: usize = 200;

/// Refuses a query that is nested too deep to be parsed.
///
/// # Errors
/// `QUERY_TOO_COMPLEX`.
pub fn check(query: &str) -> Result<()> {
    let mut open = 0_usize;
    // Brackets in texts and comments count, too: that only makes the limit stricter.
    for byte in query.bytes() {
        match byte {
            b'{' | b'[' | b'(' => open += 1,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_NESTED_BRACKETS {
            return Err(Error::TooComplex(format!("a query has at most {MAX_NESTED_BRACKETS} nested brackets")));
        }
    }
    Ok(())
}
