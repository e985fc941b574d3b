//! Cells of CSV files: lists within a cell, and what spreadsheets would take for a formula.

/// What parts the items of a list.
const BETWEEN_ITEMS: char = '|';
/// What parts the pieces of an item.
const BETWEEN_PIECES: char = ':';
/// What takes the meaning away from either, and from itself.
const ESCAPE: char = '\\';

/// Whether a spreadsheet takes a cell for a formula that begins so (OWASP, "CSV Injection").
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// What stands behind any number of apostrophes.
fn behind_apostrophes(text: &str) -> &str {
    text.trim_start_matches('\'')
}

/// A cell as it is written: an apostrophe before what would be a formula, and one more where there are some before it.
pub(super) fn guarded(text: &str) -> String {
    if begins_formula(behind_apostrophes(text)) { format!("'{text}") } else { text.to_owned() }
}

/// What was [`guarded`], as it was before.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(behind_apostrophes(rest)) => rest,
        _ => text,
    }
}

/// The items of a list, each as at most `pieces`; the last of them has the rest.
pub(super) fn split(cell: &str, pieces: usize) -> Vec<Vec<String>> {
    let mut items = vec![vec![String::new()]];
    let mut characters = cell.chars();
    while let Some(character) = characters.next() {
        let Some(item) = items.last_mut() else { break };
        match character {
            BETWEEN_ITEMS => items.push(vec![String::new()]),
            BETWEEN_PIECES if item.len() < pieces => item.push(String::new()),
            character => {
                let plain = if character == ESCAPE { characters.next().unwrap_or(ESCAPE) } else { character };
                if let Some(piece) = item.last_mut() {
                    piece.push(plain);
                }
            }
        }
    }
    for piece in items.iter_mut().flatten() {
        *piece = piece.trim().to_owned();
    }
    // Nothing is no item: a cell may be empty, and end with a separator.
    items.retain(|item| item.iter().any(|piece| !piece.is_empty()));
    items
}

/// A list as a cell, from which [`split`] reads the same with as many `pieces`.
pub(super) fn joined<'p>(items: impl IntoIterator<Item = Vec<&'p str>>, pieces: usize) -> String {
    let item = |item: Vec<&str>| {
        let item: Vec<_> = item.into_iter().enumerate().map(|(n, piece)| escaped(piece, n + 1 < pieces)).collect();
        item.join(&BETWEEN_PIECES.to_string())
    };
    items.into_iter().map(item).collect::<Vec<_>>().join(&BETWEEN_ITEMS.to_string())
}

/// The last piece ends with its item, so nothing parts it.
fn escaped(piece: &str, goes_on: bool) -> String {
    let mut text = String::with_capacity(piece.len());
    for character in piece.chars() {
        let special = matches!(character, BETWEEN_ITEMS | ESCAPE) || (goes_on && character == BETWEEN_PIECES);
        text.extend(special.then_some(ESCAPE));
        text.push(character);
    }
    text
}
