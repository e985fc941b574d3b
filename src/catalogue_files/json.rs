//! Catalogues as JSON (RFC 8259): an array with an object for each page, whose fields are the columns of CSV.
//!
//! The array is taken apart by hand, so that an object is in memory only while it is read, and its line is known.

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::{Map, Value};

use super::check::Checking;
use super::page::{Catalogue, Page};
use super::problems::{ImportErrorCode as Code, Problems};
use super::rows::{Column, RawCredit, RawLink, Row};
use super::{MAX_CELL_BYTES, MAX_FILE_BYTES, MAX_ROW_BYTES, MAX_ROWS};

/// Reads a catalogue, object by object.
pub fn read(file: impl Read) -> Catalogue {
    let mut checking = Checking::default();
    let mut objects = Objects::new(BufReader::new(file));
    loop {
        match objects.next() {
            Ok(Some((line, bytes))) => {
                if !checking.has_room(line, MAX_ROWS) {
                    break;
                }
                match serde_json::from_slice(&bytes) {
                    Ok(object) => {
                        let row = row(line, object, &mut checking.problems);
                        checking.row(row);
                    }
                    Err(error) => {
                        let line = line + u64::try_from(error.line().saturating_sub(1)).unwrap_or_default();
                        let message = format!("this is no object: {error}");
                        checking.problems.note(line, None, Code::Malformed, message);
                    }
                }
            }
            Ok(None) => break,
            Err(Stop { line, code, message }) => {
                checking.problems.note(line, None, code, message);
                break;
            }
        }
    }
    checking.finish()
}

/// Why the array cannot be read any further.
struct Stop {
    line: u64,
    code: Code,
    message: String,
}

/// Takes an array of objects apart, without looking into the objects.
struct Objects<R> {
    input: R,
    line: u64,
    bytes: u64,
    place: Place,
}

#[derive(PartialEq)]
enum Place {
    Before,
    /// Behind the opening bracket: an object, or the end.
    First,
    /// Behind a comma: an object.
    Next,
    /// Behind an object: a comma, or the end.
    Behind,
    After,
}

impl<R: BufRead> Objects<R> {
    fn new(input: R) -> Self {
        Self { input, line: 1, bytes: 0, place: Place::Before }
    }

    fn stop(&self, code: Code, message: impl Into<String>) -> Stop {
        Stop { line: self.line, code, message: message.into() }
    }

    /// The next byte; nothing at the end.
    fn byte(&mut self) -> Result<Option<u8>, Stop> {
        let unreadable = |_| Stop {
            line: self.line,
            code: Code::Malformed,
            message: "the file cannot be read any further".to_owned(),
        };
        let Some(byte) = self.input.fill_buf().map_err(unreadable)?.first().copied() else { return Ok(None) };
        self.input.consume(1);
        self.bytes += 1;
        if self.bytes > MAX_FILE_BYTES {
            return Err(self.stop(Code::TooLarge, format!("a file has at most {MAX_FILE_BYTES} bytes")));
        }
        self.line += u64::from(byte == b'\n');
        Ok(Some(byte))
    }

    /// The next object, with the line where it begins.
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, Stop> {
        loop {
            let Some(byte) = self.byte()? else {
                return match self.place {
                    Place::After => Ok(None),
                    Place::Before => Err(self.stop(Code::Malformed, "a catalogue is an array of objects")),
                    _ => Err(self.stop(Code::Malformed, "the array has no end")),
                };
            };
            match (byte, &self.place) {
                (b' ' | b'\t' | b'\r' | b'\n', _) => {}
                // Editors of some systems begin a file with a byte order mark.
                (0xEF | 0xBB | 0xBF, Place::Before) if self.bytes <= 3 => {}
                (b'[', Place::Before) => self.place = Place::First,
                (b']', Place::First | Place::Behind) => self.place = Place::After,
                (b',', Place::Behind) => self.place = Place::Next,
                (b'{', Place::First | Place::Next) => {
                    let line = self.line;
                    let object = self.object()?;
                    self.place = Place::Behind;
                    return Ok(Some((line, object)));
                }
                (_, Place::Before) => return Err(self.stop(Code::Malformed, "a catalogue is an array of objects")),
                (_, Place::After) => return Err(self.stop(Code::Malformed, "nothing stands behind the array")),
                (_, Place::Behind) => {
                    return Err(self.stop(Code::Malformed, "a comma, or the end of the array, is missing"));
                }
                _ => return Err(self.stop(Code::Malformed, "an object is missing here")),
            }
        }
    }

    /// What is left of an object, to the bracket that closes it.
    fn object(&mut self) -> Result<Vec<u8>, Stop> {
        let mut object = vec![b'{'];
        let (mut depth, mut in_text, mut is_escaped) = (1_u32, false, false);
        while depth > 0 {
            let Some(byte) = self.byte()? else {
                return Err(self.stop(Code::Malformed, "an object has no end"));
            };
            if object.len() >= MAX_ROW_BYTES {
                return Err(self.stop(Code::TooLarge, format!("an object has at most {MAX_ROW_BYTES} bytes")));
            }
            object.push(byte);
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth -= 1,
                _ => {}
            }
        }
        Ok(object)
    }
}

fn row(line: u64, object: Map<String, Value>, problems: &mut Problems) -> Row {
    let mut row = Row { line, ..Row::default() };
    for (name, value) in object {
        let Some(column) = Column::ALL.into_iter().find(|column| column.name() == name) else {
            let name: String = name.chars().take(60).collect();
            problems.note(line, Some(&name), Code::UnknownColumn, "there is no field of this name");
            continue;
        };
        let mut reading = Reading { line, column, problems: &mut *problems };
        match (column, value) {
            (_, Value::Null) => {}
            (Column::Tags, value) => {
                row.tags = reading.list(value).into_iter().filter_map(|tag| reading.text(tag)).collect();
            }
            (Column::Credits, value) => {
                row.credits = reading.objects(value, |reading, mut of| RawCredit {
                    person: reading.take(&mut of, "person").unwrap_or_default(),
                    role: reading.take(&mut of, "role").unwrap_or_default(),
                    character: reading.take_rest(of, "character"),
                });
            }
            (Column::Links, value) => {
                row.links = reading.objects(value, |reading, mut of| RawLink {
                    label: reading.take(&mut of, "label").unwrap_or_default(),
                    url: reading.take_rest(of, "url").unwrap_or_default(),
                });
            }
            (column, Value::Number(number)) if column.is_number() => {
                row.texts.insert(column, number.to_string());
            }
            (column, _) if column.is_number() => reading.wrong("it is a whole number"),
            (column, value) => {
                row.texts.extend(reading.text(value).filter(|text| !text.trim().is_empty()).map(|text| (column, text)));
            }
        }
    }
    row
}

/// Reads values of one field.
struct Reading<'p> {
    line: u64,
    column: Column,
    problems: &'p mut Problems,
}

impl Reading<'_> {
    fn wrong(&mut self, message: &str) {
        self.problems.note(self.line, Some(self.column.name()), Code::WrongType, message);
    }

    fn text(&mut self, value: Value) -> Option<String> {
        match value {
            Value::String(text) if text.len() > MAX_CELL_BYTES => {
                let message = format!("a text has at most {MAX_CELL_BYTES} bytes");
                self.problems.note(self.line, Some(self.column.name()), Code::TooLarge, message);
                None
            }
            Value::String(text) => Some(text),
            _ => {
                self.wrong("it is a text");
                None
            }
        }
    }

    fn list(&mut self, value: Value) -> Vec<Value> {
        if let Value::Array(items) = value {
            return items;
        }
        self.wrong("it is a list");
        Vec::new()
    }

    fn objects<T>(&mut self, value: Value, read: impl Fn(&mut Self, Map<String, Value>) -> T) -> Vec<T> {
        let mut found = Vec::new();
        for item in self.list(value) {
            match item {
                Value::Object(object) => found.push(read(self, object)),
                _ => self.wrong("it is a list of objects"),
            }
        }
        found
    }

    fn take(&mut self, of: &mut Map<String, Value>, name: &str) -> Option<String> {
        of.remove(name).filter(|value| !value.is_null()).and_then(|value| self.text(value))
    }

    /// The last field; there must not be any other.
    fn take_rest(&mut self, mut of: Map<String, Value>, name: &str) -> Option<String> {
        let taken = self.take(&mut of, name);
        if let Some(unknown) = of.keys().next() {
            let message = format!("there is no field {:?} in it", unknown.chars().take(60).collect::<String>());
            self.problems.note(self.line, Some(self.column.name()), Code::UnknownColumn, message);
        }
        taken
    }
}

/// Writes pages, an object a line.
///
/// # Errors
/// When the file cannot be written.
pub fn write<'p>(pages: impl IntoIterator<Item = &'p Page>, mut file: impl Write) -> std::io::Result<()> {
    file.write_all(b"[")?;
    for (n, page) in pages.into_iter().enumerate() {
        file.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut file, page)?;
    }
    file.write_all(b"\n]\n")?;
    file.flush()
}
