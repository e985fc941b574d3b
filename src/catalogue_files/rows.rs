//! Rows between the file and the checks: texts by column, whatever the format was.

use std::collections::BTreeMap;

/// A column of a CSV file, or a field of an object of a JSON file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Type,
    Slug,
    Parent,
    Title,
    ShortDescription,
    LongDescription,
    Language,
    ReleaseDate,
    Season,
    Number,
    DurationMs,
    Tags,
    Credits,
    Links,
}

impl Column {
    /// All columns in the order in which they are written.
    pub(super) const ALL: [Self; 14] = [
        Self::Type,
        Self::Slug,
        Self::Parent,
        Self::Title,
        Self::ShortDescription,
        Self::LongDescription,
        Self::Language,
        Self::ReleaseDate,
        Self::Season,
        Self::Number,
        Self::DurationMs,
        Self::Tags,
        Self::Credits,
        Self::Links,
    ];
    /// The columns without which a file is none.
    pub(super) const NEEDED: [Self; 3] = [Self::Type, Self::Slug, Self::Title];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Slug => "slug",
            Self::Parent => "parent",
            Self::Title => "title",
            Self::ShortDescription => "shortDescription",
            Self::LongDescription => "longDescription",
            Self::Language => "language",
            Self::ReleaseDate => "releaseDate",
            Self::Season => "season",
            Self::Number => "number",
            Self::DurationMs => "durationMs",
            Self::Tags => "tags",
            Self::Credits => "credits",
            Self::Links => "links",
        }
    }

    /// The column of a name. Capital and small letters are the same, since spreadsheets like to change them.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name.trim()))
    }

    /// Whether it holds a whole number.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Season | Self::Number | Self::DurationMs)
    }
}

/// A credit as a file has it.
#[derive(Debug, Default)]
pub(super) struct RawCredit {
    pub(super) person: String,
    pub(super) role: String,
    pub(super) character: Option<String>,
}

/// A link as a file has it.
#[derive(Debug, Default)]
pub(super) struct RawLink {
    pub(super) url: String,
    pub(super) label: String,
}

/// A row as a file has it.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line where it begins, counted from 1.
    pub(super) line: u64,
    /// What is not empty, but for lists.
    pub(super) texts: BTreeMap<Column, String>,
    pub(super) tags: Vec<String>,
    pub(super) credits: Vec<RawCredit>,
    pub(super) links: Vec<RawLink>,
}
