//! Catalogues as files: CSV and JSON, read and written. Here is what needs no graph: a file is read row by row,
//! everything that is wrong with it is told with its line, and what is right comes out as pages. `docs/import.md`
//! describes the formats.
//!
//! Nothing of a file is believed: its size, its rows and its cells are bounded. What is in the graph, such as the pages above
//! those of a file, is looked at by `publishing`, which makes drafts of a file without errors.

mod cells;
mod check;
mod csv;
mod json;
mod page;
mod problems;
mod rows;
#[cfg(test)]
mod tests;

pub use csv::{read as read_csv, write as write_csv};
pub use json::{read as read_json, write as write_json};
pub use page::{Catalogue, Page, PageCredit};
pub use problems::{ImportError, ImportErrorCode, Problems};

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: u64 = 32 * 1_024 * 1_024;
/// The most rows of a file, which are its pages.
pub const MAX_ROWS: usize = 20_000;
/// The most errors of a file that are told; the rest is counted.
pub const MAX_ERRORS: usize = 1_000;
/// The longest cell of a CSV file and the longest text of a JSON file, in bytes.
const MAX_CELL_BYTES: usize = 16 * 1_024;
/// The longest row, in bytes.
const MAX_ROW_BYTES: usize = 128 * 1_024;
