use async_graphql::{Enum, SimpleObject};

use super::MAX_ERRORS;
use crate::mutation::{UserError, UserErrorCode};

/// What can be wrong with a catalogue file. More may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImportErrorCode {
    /// The file is larger than allowed, or a row or a cell of it is.
    TooLarge,
    /// The file has more rows than allowed.
    TooManyRows,
    /// The file is not CSV, or not JSON, from here on.
    Malformed,
    /// It is not text in UTF-8.
    NotText,
    /// There is no column of this name.
    UnknownColumn,
    /// A column stands there twice.
    DuplicateColumn,
    /// The file has no such column, and needs it.
    MissingColumn,
    /// A value is missing.
    Missing,
    /// It is not of the type that is asked for, such as a number.
    WrongType,
    /// It does not have the form that is asked for.
    Invalid,
    /// It is shorter than allowed.
    TooShort,
    /// It is longer than allowed.
    TooLong,
    /// Pages of this type do not have it.
    NotAllowed,
    /// Another page of the same type has this slug.
    DuplicateSlug,
    /// Another episode of the series has this season and number.
    DuplicateNumber,
    /// It stands in this list already.
    Duplicate,
    /// There is no page of this slug that it could belong to.
    MissingParent,
    /// There is no tag or no person of this slug.
    NotFound,
    /// A page that is not in the file has this slug, or had it.
    Taken,
    /// The tenant's plan has no room for it.
    LimitReached,
}

impl From<UserErrorCode> for ImportErrorCode {
    fn from(code: UserErrorCode) -> Self {
        match code {
            UserErrorCode::Blank => Self::Missing,
            UserErrorCode::TooShort => Self::TooShort,
            UserErrorCode::TooLong => Self::TooLong,
            _ => Self::Invalid,
        }
    }
}

/// Something that is wrong with a catalogue file.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct ImportError {
    /// The line where it stands, counted from 1: in a CSV file the first line of the row, in a JSON file that of the
    /// object.
    pub line: u64,
    /// The column or the field; null where the row or the file as a whole is at fault.
    pub column: Option<String>,
    /// What is wrong, for programs.
    pub code: ImportErrorCode,
    /// What is wrong, for people.
    pub message: String,
}

/// Everything that is wrong with a catalogue file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// The errors by line, as many as are told.
    pub errors: Vec<ImportError>,
    /// How many there are beside these.
    pub more: u64,
}

impl Problems {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes an error.
    pub(crate) fn note(&mut self, line: u64, column: Option<&str>, code: ImportErrorCode, message: impl Into<String>) {
        if self.errors.len() < MAX_ERRORS {
            let column = column.map(str::to_owned);
            self.errors.push(ImportError { line, column, code, message: message.into() });
        } else {
            self.more += 1;
        }
    }

    /// Notes what a check of texts found in a column.
    pub(crate) fn note_user_error(&mut self, line: u64, column: &str, error: UserError) {
        self.note(line, Some(column), error.code.into(), error.message);
    }

    /// The same by line.
    #[must_use]
    pub(crate) fn sorted(mut self) -> Self {
        self.errors.sort_by_key(|error| error.line);
        self
    }
}
