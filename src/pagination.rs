//! Relay connections with keyset paging: a cursor says where in the order an item stands, so a page
//! never repeats or skips an item because others came or went.
//! <https://relay.dev/graphql/connections.htm>

use async_graphql::{OutputType, SimpleObject, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::graph::{Statement, map, number};

/// The items of a page when the query names no number.
pub const DEFAULT_PAGE_SIZE: usize = 20;
/// The most items of a page.
pub const MAX_PAGE_SIZE: usize = 100;
/// The longest cursor that is looked at, in bytes: one with a name of eighty of the longest characters is half as long.
const MAX_CURSOR_BYTES: usize = 8_192;

/// One part of a sort key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortValue {
    /// A position, a rank, a season.
    Number(i64),
    /// A name, an id.
    Text(String),
    /// A moment.
    Time(DateTime<Utc>),
}

impl SortValue {
    /// The part for an id or a name.
    pub fn text(value: &(impl ToString + ?Sized)) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<SortValue> for BoltType {
    fn from(value: SortValue) -> Self {
        match value {
            SortValue::Number(number) => number.into(),
            SortValue::Text(text) => text.into(),
            SortValue::Time(time) => time.into(),
        }
    }
}

/// The kind of one part of a sort key.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// See [`SortValue::Number`].
    Number,
    /// See [`SortValue::Text`].
    Text,
    /// See [`SortValue::Time`].
    Time,
}

impl Column {
    fn lowest(self) -> SortValue {
        match self {
            Self::Number => SortValue::Number(i64::MIN),
            Self::Text => SortValue::Text(String::new()),
            Self::Time => SortValue::Time(moment(FAR_PAST_SECONDS)),
        }
    }

    fn highest(self) -> SortValue {
        match self {
            Self::Number => SortValue::Number(i64::MAX),
            // Neo4j compares strings by code point.
            Self::Text => SortValue::Text(char::MAX.to_string()),
            Self::Time => SortValue::Time(moment(FAR_FUTURE_SECONDS)),
        }
    }

    fn fits(self, value: &SortValue) -> bool {
        matches!(
            (self, value),
            (Self::Number, SortValue::Number(_)) | (Self::Text, SortValue::Text(_)) | (Self::Time, SortValue::Time(_))
        )
    }
}

/// The beginning of the year 1, in seconds since 1970.
const FAR_PAST_SECONDS: i64 = -62_135_596_800;
/// The beginning of the year 9999, in seconds since 1970.
const FAR_FUTURE_SECONDS: i64 = 253_370_764_800;

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH)
}

/// The order of a list. The last column is unique within it, so that the order is total.
#[derive(Debug)]
pub struct Order {
    /// Stands in the cursors, so that a cursor of another list is refused.
    pub list: &'static str,
    /// Whether the list begins with the highest key: the newest first.
    pub descending: bool,
    /// What is sorted by, the most significant first.
    pub columns: &'static [Column],
}

/// A place in an order.
pub type Position = Vec<SortValue>;

impl Order {
    /// The opaque text of a position.
    #[must_use]
    pub fn encode(&self, position: &Position) -> String {
        // Numbers, texts and times always serialise; an empty cursor would be refused on return.
        let json = serde_json::to_vec(&(self.list, position)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(json)
    }

    fn decode(&self, cursor: &str) -> Result<Position> {
        let read = || {
            let json = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            let (list, position): (String, Position) = serde_json::from_slice(&json).ok()?;
            let fits = list == self.list
                && position.len() == self.columns.len()
                && self.columns.iter().zip(&position).all(|(column, value)| column.fits(value));
            fits.then_some(position)
        };
        (cursor.len() <= MAX_CURSOR_BYTES)
            .then(read)
            .flatten()
            .ok_or_else(|| Error::BadUserInput("this cursor does not belong to this list".to_owned()))
    }
}

/// The four arguments of every connection field, as they came in.
#[derive(Debug, Default)]
pub struct PageArguments {
    /// How many from the start.
    pub first: Option<i32>,
    /// Only what comes after this cursor.
    pub after: Option<String>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Only what comes before this cursor.
    pub before: Option<String>,
}

/// A page that is asked for: a part of an order, from one of its ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Page {
    /// How many items at the most.
    pub size: usize,
    /// Whether the items nearest the end are wanted.
    pub backward: bool,
    after: bool,
    before: bool,
    lower: Position,
    upper: Position,
}

impl PageArguments {
    /// Checks the arguments against `order`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a number out of range, for `first` together with `last`, and for a
    /// cursor that is not of this list.
    pub fn page(&self, order: &Order) -> Result<Page> {
        let (size, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => {
                return Err(Error::BadUserInput("ask for `first` or for `last`, not for both".to_owned()));
            }
            (None, Some(last)) => (page_size("last", last)?, true),
            (Some(first), None) => (page_size("first", first)?, false),
            (None, None) => (DEFAULT_PAGE_SIZE, self.before.is_some() && self.after.is_none()),
        };
        let after = self.after.as_deref().map(|cursor| order.decode(cursor)).transpose()?;
        let before = self.before.as_deref().map(|cursor| order.decode(cursor)).transpose()?;
        let (is_after, is_before) = (after.is_some(), before.is_some());
        let (lower, upper) = if order.descending { (before, after) } else { (after, before) };
        Ok(Page {
            size,
            backward,
            after: is_after,
            before: is_before,
            lower: lower.unwrap_or_else(|| order.columns.iter().map(|column| column.lowest()).collect()),
            upper: upper.unwrap_or_else(|| order.columns.iter().map(|column| column.highest()).collect()),
        })
    }
}

fn page_size(name: &str, asked: i32) -> Result<usize> {
    usize::try_from(asked)
        .ok()
        .filter(|size| (..=MAX_PAGE_SIZE).contains(size))
        .ok_or_else(|| Error::BadUserInput(format!("`{name}` goes from 0 to {MAX_PAGE_SIZE}; {asked} is outside")))
}

impl Page {
    /// How many rows a statement returns for this page: one more than shown, to know whether
    /// anything follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size + 1).unwrap_or(i64::MAX)
    }

    /// Everything strictly above this is on the page or beyond it.
    #[must_use]
    pub fn lower(&self) -> BoltType {
        self.lower.clone().into()
    }

    /// Everything strictly below this is on the page or beyond it.
    #[must_use]
    pub fn upper(&self) -> BoltType {
        self.upper.clone().into()
    }

    /// The same page of the part of the list that lies strictly between two positions, which may be left out.
    #[must_use]
    pub fn between(self, lower: Option<Position>, upper: Option<Position>) -> Self {
        let lower = lower.map_or_else(|| self.lower.clone(), |lower| lower.max(self.lower.clone()));
        let upper = upper.map_or_else(|| self.upper.clone(), |upper| upper.min(self.upper.clone()));
        Self { lower, upper, ..self }
    }

    /// A statement that reads an index from either end, for this page of what `keys` name: `$forward`, `$backward` and `$limit`.
    #[must_use]
    pub fn bind(&self, statement: Statement, keys: Vec<BoltType>) -> Statement {
        let (forward, backward) = if self.backward { (Vec::new(), keys) } else { (keys, Vec::new()) };
        statement.bind("forward", forward).bind("backward", backward).bind("limit", self.limit())
    }

    /// The page as an entry of a statement's `$keys`: the `n`-th, around the node `id`.
    #[must_use]
    pub fn key(&self, n: usize, id: BoltType) -> BoltType {
        map([
            ("n", number(n)),
            ("id", id),
            ("lower", self.lower()),
            ("upper", self.upper()),
            ("limit", self.limit().into()),
            ("backward", self.backward.into()),
        ])
    }

    /// Cuts `items`, which are in the list's order and may be more than the page, to the page.
    #[must_use]
    pub fn connection<N: OutputType>(
        &self,
        order: &Order,
        mut items: Vec<N>,
        position: impl Fn(&N) -> Position,
    ) -> Connection<N> {
        let more = items.len() > self.size;
        if self.backward {
            items.drain(..items.len().saturating_sub(self.size));
        } else {
            items.truncate(self.size);
        }
        let edges: Vec<_> =
            items.into_iter().map(|node| Edge { cursor: order.encode(&position(&node)), node }).collect();
        Connection {
            page_info: PageInfo {
                has_previous_page: if self.backward { more } else { self.after },
                has_next_page: if self.backward { self.before } else { more },
                start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                end_cursor: edges.last().map(|edge| edge.cursor.clone()),
            },
            edges,
        }
    }
}

/// A page of a list, and how to go on from it.
#[derive(SimpleObject)]
#[graphql(name_type, complex)]
pub struct Connection<N: OutputType> {
    /// The items, each with its cursor.
    pub edges: Vec<Edge<N>>,
    /// Whether there is more, and the cursors to go on with.
    pub page_info: PageInfo,
}

#[async_graphql::ComplexObject]
impl<N: OutputType> Connection<N> {
    /// The items alone, for when no cursor of their own is needed.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }
}

impl<N: OutputType> TypeName for Connection<N> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

/// An item of a list and its place in it.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<N: OutputType> {
    /// The item's place; pass it as `after` or `before` to read on from here.
    pub cursor: String,
    /// The item.
    pub node: N,
}

impl<N: OutputType> TypeName for Edge<N> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// Whether a list goes on beyond this page, and the cursors to read on with.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are items before this page.
    pub has_previous_page: bool,
    /// Whether there are items after this page.
    pub has_next_page: bool,
    /// The cursor of the first item; pass it as `before` to go back.
    pub start_cursor: Option<String>,
    /// The cursor of the last item; pass it as `after` to go on.
    pub end_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Order = Order { list: "names", descending: false, columns: &[Column::Text, Column::Text] };
    const OTHERS: Order = Order { list: "others", descending: false, columns: &[Column::Text, Column::Text] };

    #[test]
    fn a_cursor_reads_back_in_its_own_list_only() {
        let position = vec![SortValue::text("Ada 💥"), SortValue::text("us_1")];
        let cursor = NAMES.encode(&position);
        assert_eq!(NAMES.decode(&cursor).ok(), Some(position));
        let long = vec![SortValue::text(&"👩‍👩‍👧‍👦".repeat(80)), SortValue::text("us_1")];
        assert_eq!(NAMES.decode(&NAMES.encode(&long)).ok(), Some(long));
        assert!(OTHERS.decode(&cursor).is_err());
        for wrong in ["", "%%%", "bm90aGluZw", &"a".repeat(9_000)] {
            assert!(NAMES.decode(wrong).is_err(), "{wrong} was accepted");
        }
    }

    #[test]
    fn a_page_size_out_of_range_is_refused() {
        for first in [i32::MIN, -1, 101, i32::MAX] {
            let arguments = PageArguments { first: Some(first), ..PageArguments::default() };
            assert!(arguments.page(&NAMES).is_err(), "{first} was accepted");
        }
    }
}
