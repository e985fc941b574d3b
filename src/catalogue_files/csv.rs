//! Catalogues as CSV (RFC 4180): a row for each page, the names of the columns in the first one.

use std::io::{Read, Write};

use ::csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::cells::{guarded, joined, split, unguarded};
use super::check::Checking;
use super::page::{Catalogue, Page, name_of};
use super::problems::{ImportErrorCode as Code, Problems};
use super::rows::{Column, RawCredit, RawLink, Row};
use super::{MAX_CELL_BYTES, MAX_FILE_BYTES, MAX_ROW_BYTES, MAX_ROWS};

/// The pieces of a credit: who, what, and as whom.
const PIECES_OF_CREDIT: usize = 3;
/// The pieces of a link: what it is called, and its address.
const PIECES_OF_LINK: usize = 2;

/// Reads a catalogue, row by row.
pub fn read(file: impl Read) -> Catalogue {
    let mut checking = Checking::default();
    // One byte more than allowed tells a file that is too large from one that is as large as allowed.
    let input = Remembering { input: file.take(MAX_FILE_BYTES + 1), chunk: Vec::new(), read: 0 };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
    let mut record = ByteRecord::new();
    let mut columns = None;
    loop {
        let is_row = match reader.read_byte_record(&mut record) {
            Ok(is_row) => is_row,
            Err(error) => {
                let line = error.position().map_or_else(|| reader.position().line(), ::csv::Position::line);
                checking.problems.note(line, None, Code::Malformed, "the file cannot be read any further");
                break;
            }
        };
        if reader.position().byte() > MAX_FILE_BYTES {
            checking.too_large(reader.position().line());
            break;
        }
        if !is_row {
            break;
        }
        let line = first_line(&reader, &record);
        let Some(columns) = &columns else {
            match header(line, &record, &mut checking.problems) {
                Some(found) => columns = Some(found),
                None => break,
            }
            continue;
        };
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        if !checking.has_room(line, MAX_ROWS) {
            break;
        }
        if let Some(row) = row(line, &record, columns, &mut checking.problems) {
            checking.row(row);
        }
    }
    if columns.is_none() && checking.problems.is_empty() {
        checking.problems.note(1, None, Code::MissingColumn, "the file is empty; its first row names the columns");
    }
    checking.finish()
}

/// Keeps what was read last, to look at the end of a row once more.
struct Remembering<R> {
    input: R,
    chunk: Vec<u8>,
    /// How many bytes were read up to the end of the chunk.
    read: u64,
}

impl<R: Read> Read for Remembering<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        if let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) {
            self.chunk.clear();
            self.chunk.extend_from_slice(chunk);
            self.read += count as u64;
        }
        Ok(count)
    }
}

impl<R> Remembering<R> {
    fn byte_before(&self, position: u64) -> Option<u8> {
        let from_the_end = usize::try_from(self.read.checked_sub(position)?).ok()? + 1;
        self.chunk.get(self.chunk.len().checked_sub(from_the_end)?).copied()
    }
}

/// The line where a row begins that was just read. The library says where it began to look for it, which is before
/// empty lines, and before the second half of a line break; so it is counted from the end of the row.
fn first_line<R: Read>(reader: &::csv::Reader<Remembering<R>>, record: &ByteRecord) -> u64 {
    let end = reader.position();
    let is_behind_break = reader.get_ref().byte_before(end.byte()) == Some(b'\n');
    let within = record.as_slice().split(|byte| *byte == b'\n').skip(1).count() as u64;
    end.line().saturating_sub(u64::from(is_behind_break) + within).max(1)
}

/// The columns that the first row names. Nothing comes back where no row below can be understood.
fn header(line: u64, record: &ByteRecord, problems: &mut Problems) -> Option<Vec<Option<Column>>> {
    let mut columns = Vec::new();
    let mut is_readable = true;
    for cell in record {
        let name: String = String::from_utf8_lossy(cell).trim().chars().take(60).collect();
        let column = Column::named(&name);
        if column.is_some() && columns.contains(&column) {
            problems.note(line, Some(&name), Code::DuplicateColumn, "this column stands there twice");
            is_readable = false;
        } else if column.is_none() {
            problems.note(line, Some(&name), Code::UnknownColumn, "there is no column of this name");
        }
        columns.push(column);
    }
    for needed in Column::NEEDED.into_iter().filter(|needed| !columns.contains(&Some(*needed))) {
        problems.note(line, Some(needed.name()), Code::MissingColumn, "the file needs this column");
        is_readable = false;
    }
    is_readable.then_some(columns)
}

fn row(line: u64, record: &ByteRecord, columns: &[Option<Column>], problems: &mut Problems) -> Option<Row> {
    let mut row = Row { line, ..Row::default() };
    if record.as_slice().len() > MAX_ROW_BYTES {
        let message = format!("a row has at most {MAX_ROW_BYTES} bytes");
        problems.note(line, None, Code::TooLarge, message);
        return None;
    }
    if record.len() > columns.len() && record.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
        let message = format!("the row has {} cells, and there are {} columns", record.len(), columns.len());
        problems.note(line, None, Code::Malformed, message);
        return None;
    }
    for (cell, column) in record.iter().zip(columns).filter_map(|(cell, column)| Some((cell, (*column)?))) {
        if cell.len() > MAX_CELL_BYTES {
            let message = format!("a cell has at most {MAX_CELL_BYTES} bytes");
            problems.note(line, Some(column.name()), Code::TooLarge, message);
            continue;
        }
        let Ok(text) = std::str::from_utf8(cell) else {
            problems.note(line, Some(column.name()), Code::NotText, "it is not text in UTF-8");
            continue;
        };
        let text = unguarded(text);
        match column {
            Column::Tags => row.tags = split(text, 1).into_iter().flatten().collect(),
            Column::Credits => row.credits = split(text, PIECES_OF_CREDIT).into_iter().map(credit).collect(),
            Column::Links => row.links = split(text, PIECES_OF_LINK).into_iter().map(link).collect(),
            column if !text.trim().is_empty() => {
                row.texts.insert(column, text.to_owned());
            }
            _ => {}
        }
    }
    Some(row)
}

fn credit(pieces: Vec<String>) -> RawCredit {
    let mut pieces = pieces.into_iter();
    let mut next = || pieces.next().filter(|piece| !piece.is_empty());
    RawCredit { person: next().unwrap_or_default(), role: next().unwrap_or_default(), character: next() }
}

fn link(pieces: Vec<String>) -> RawLink {
    let mut pieces = pieces.into_iter();
    RawLink { label: pieces.next().unwrap_or_default(), url: pieces.next().unwrap_or_default() }
}

/// Writes pages, parents first if they come so, such that spreadsheets run nothing of it.
///
/// # Errors
/// When the file cannot be written.
pub fn write<'p>(pages: impl IntoIterator<Item = &'p Page>, file: impl Write) -> std::io::Result<()> {
    let mut writer = WriterBuilder::new().from_writer(file);
    writer.write_record(Column::ALL.map(Column::name))?;
    for page in pages {
        writer.write_record(Column::ALL.map(|column| guarded(&cell(page, column))))?;
    }
    writer.flush()
}

fn cell(page: &Page, column: Column) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    match column {
        Column::Type => page.kind.name().to_owned(),
        Column::Slug => page.slug.clone(),
        Column::Parent => text(&page.parent),
        Column::Title => page.title.clone(),
        Column::ShortDescription => text(&page.short_description),
        Column::LongDescription => text(&page.long_description),
        Column::Language => text(&page.language),
        Column::ReleaseDate => page.release_date.map(|date| date.to_string()).unwrap_or_default(),
        Column::Season => number(page.season),
        Column::Number => number(page.number),
        Column::DurationMs => number(page.duration_ms),
        Column::Tags => joined(page.tags.iter().map(|tag| vec![tag.as_str()]), 1),
        Column::Credits => {
            let roles: Vec<_> = page.credits.iter().map(|credit| name_of(credit.role)).collect();
            let credits = page.credits.iter().zip(&roles).map(|(credit, role)| {
                [credit.person.as_str(), role.as_str()].into_iter().chain(credit.character.as_deref()).collect()
            });
            joined(credits, PIECES_OF_CREDIT)
        }
        Column::Links => {
            let links = page.links.iter().map(|link| vec![link.label.as_str(), link.url.as_str()]);
            joined(links, PIECES_OF_LINK)
        }
    }
}
