use std::fmt;
use std::time::Duration;

use neo4rs::{BoltMap, BoltString, BoltType, Query};

use crate::events::is_marked;

/// A statement with its parameters, ready to run.
#[derive(Clone)]
pub struct Statement {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) parameters: BoltMap,
    /// Whether it writes an event that functions listen to.
    pub(super) marks: bool,
}

impl Statement {
    /// Called by [`cypher!`](crate::cypher): `name` is the file's path below `cypher/`.
    #[must_use]
    pub fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, parameters: BoltMap::default(), marks: false }
    }

    /// The file's path below `cypher/`, without the ending.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Binds `$key`.
    #[must_use]
    pub fn bind(mut self, key: &str, value: impl Into<BoltType>) -> Self {
        let value = value.into();
        self.marks |= is_marked(&value);
        self.parameters.put(key.into(), value);
        self
    }

    /// The statement as it is sent, without limits of its own.
    pub(super) fn into_query(self) -> Query {
        query(self.text, self.parameters)
    }

    pub(super) fn query(&self, limit: Duration, correlation_id: Option<&str>) -> Query {
        // Neo4j ends the transaction by itself at the limit, and SHOW TRANSACTIONS names its cause.
        let metadata =
            map([("statement", self.name.into()), ("correlationId", correlation_id.unwrap_or_default().into())]);
        // Zero would mean no limit.
        let milliseconds = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX).max(1);
        query(self.text, self.parameters.clone()).extra("tx_timeout", milliseconds).extra("tx_metadata", metadata)
    }
}

/// The one parameter that is sent, which has all that was bound.
const PARAMETER: &str = "given";

/// A statement as it is sent: with one parameter, and `$given.key` for each `$key` of the text.
///
/// Neo4j keeps a plan for each combination of the types and magnitudes of parameters: a list of one and a list of two,
/// a short text and a longer one, a null and a text are planned anew each, which takes many times as long as running
/// them. What is inside of a map does not count.
#[must_use]
pub fn query(text: &str, parameters: BoltMap) -> Query {
    Query::new(text.replace('$', &format!("${PARAMETER}."))).param(PARAMETER, BoltType::Map(parameters))
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters hold what people wrote; they stay out of logs.
        f.debug_struct("Statement").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A count, or the number of a key, as the graph has it: its integers are signed.
#[must_use]
pub fn number(n: usize) -> BoltType {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// A Cypher map, for parameters that are lists of keys.
#[must_use]
pub fn map<const N: usize>(entries: [(&str, BoltType); N]) -> BoltType {
    let mut map = BoltMap::default();
    for (key, value) in entries {
        map.put(BoltString::from(key), value);
    }
    BoltType::Map(map)
}
