//! What an operation may cost, known before it runs, and how long its answer may be kept.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::registry::{CacheControl, MetaField, MetaType, Registry};
use async_graphql::{Name, Number, OutputType, Value, Variables};
use async_graphql_value::Value as Argument;

use super::{Rejection, too_complex};
use crate::pagination::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};

/// Lookups that one point pays for.
const LOOKUPS_PER_POINT: u64 = 100;
/// Fields that one point pays for, those of introspection, too; they are answered from memory.
const FIELDS_PER_POINT: u64 = 10_000;
/// The most fields that the answer to an introspection may come to, by [`INTROSPECTION_LIST_ITEMS`]. The
/// usual query of tools comes to a quarter of it.
const MAX_INTROSPECTED_FIELDS: u64 = 1_000_000;
/// What a mutation costs, in lookups: it takes locks, and leaves an event for good.
const LOOKUPS_PER_MUTATION: u64 = 10 * LOOKUPS_PER_POINT;
/// How many items a list of the schema is taken for: types, fields, arguments, values.
const INTROSPECTION_LIST_ITEMS: u64 = 20;
/// How many items a list without pages is taken for, such as the assets of a series.
const UNPAGED_LIST_ITEMS: u64 = 10;

/// How long a shared cache may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Not at all: it depends on the viewer, or nothing says that it does not.
    NoStore,
    /// For this many seconds, whoever asks.
    Public(u32),
}

impl CachePolicy {
    /// The stricter of both.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Public(one), Self::Public(other)) => Self::Public(one.min(other)),
            _ => Self::NoStore,
        }
    }

    /// The hint of a field or a type, if it has one.
    fn hinted(hint: CacheControl) -> Option<Self> {
        match hint {
            CacheControl { public: true, max_age: 0 } => None,
            CacheControl { public: true, max_age } => {
                u32::try_from(max_age).ok().map(Self::Public).or(Some(Self::NoStore))
            }
            CacheControl { public: false, .. } => Some(Self::NoStore),
        }
    }
}

/// The price of a selection, for one object that it is asked of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    /// Fields of the answer, if every list fills its page.
    complexity: u64,
    /// Objects and lists that are looked up, if every list above them fills its page.
    lookups: u64,
    /// Fields of introspection.
    introspected: u64,
    /// How long the answer may be kept.
    pub(super) cache: CachePolicy,
}

impl Price {
    const NOTHING: Self = Self { complexity: 0, lookups: 0, introspected: 0, cache: CachePolicy::Public(u32::MAX) };

    fn add(&mut self, other: Self) {
        self.complexity = self.complexity.saturating_add(other.complexity);
        self.lookups = self.lookups.saturating_add(other.lookups);
        self.introspected = self.introspected.saturating_add(other.introspected);
        self.cache = self.cache.and(other.cache);
    }

    fn times(self, items: u64) -> Self {
        Self {
            complexity: self.complexity.saturating_mul(items),
            lookups: self.lookups.saturating_mul(items),
            introspected: self.introspected.saturating_mul(items),
            ..self
        }
    }

    /// One point, one more for every [`LOOKUPS_PER_POINT`] lookups, and one for every [`FIELDS_PER_POINT`]
    /// fields.
    pub(super) fn cost(&self) -> u32 {
        let fields = self.complexity.saturating_add(self.introspected);
        let points = 1 + self.lookups / LOOKUPS_PER_POINT + fields / FIELDS_PER_POINT;
        u32::try_from(points).unwrap_or(u32::MAX)
    }

    /// Refuses an answer that could be too large.
    pub(super) fn check(&self, max_complexity: u64) -> Result<(), Rejection> {
        let parts =
            [("", self.complexity, max_complexity), (" of the schema", self.introspected, MAX_INTROSPECTED_FIELDS)];
        for (what, fields, limit) in parts {
            if fields > limit {
                return Err(too_complex(format!(
                    "the answer could come to {fields} fields{what}, and {limit} are allowed: ask for smaller pages"
                ))
                .into());
            }
        }
        Ok(())
    }
}

/// The points that an answer of so many lookups and fields cost in hindsight.
#[must_use]
pub fn points_of(lookups: u64, fields: u64) -> u32 {
    Price { lookups, complexity: fields, ..Price::NOTHING }.cost()
}

/// The schema as a price list.
///
/// A field that looks something up (an object, or a list of them) is one lookup for every object that it
/// is asked of, so page sizes multiply down the levels. Scalars, and what a connection is made of
/// (`edges`, `nodes`, `pageInfo`), come with what was looked up.
pub struct Prices {
    registry: Registry,
}

impl Prices {
    /// The prices of a schema whose operations begin at `Query` and `Mutation`.
    #[must_use]
    pub fn of<Query: OutputType, Mutation: OutputType>() -> Self {
        let mut registry = Registry::default();
        Query::create_type_info(&mut registry);
        Mutation::create_type_info(&mut registry);
        registry.query_type = Query::type_name().into_owned();
        registry.mutation_type = Some(Mutation::type_name().into_owned());
        Self { registry }
    }

    /// The types of the schema.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(super) fn price(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Price {
        let root = match operation.ty {
            OperationType::Query => Some(self.registry.query_type.as_str()),
            OperationType::Mutation => self.registry.mutation_type.as_deref(),
            OperationType::Subscription => self.registry.subscription_type.as_deref(),
        };
        let mut pricing = Pricing { registry: &self.registry, document, variables, fragments: HashMap::new() };
        let mut price = pricing.selection(root.unwrap_or_default(), &operation.selection_set.node);
        // What was not hinted at all has kept the highest age.
        if operation.ty != OperationType::Query || price.cache == CachePolicy::Public(u32::MAX) {
            price.cache = CachePolicy::NoStore;
        }
        price
    }
}

/// What an argument asks for, as far as prices depend on it.
enum Asked {
    Number(usize),
    Items(usize),
    /// Validation refuses it.
    Nonsense,
}

impl Asked {
    fn of(number: &Number) -> Self {
        number.as_u64().and_then(|number| usize::try_from(number).ok()).map_or(Self::Nonsense, Self::Number)
    }
}

struct Pricing<'d> {
    registry: &'d Registry,
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    fragments: HashMap<&'d Name, Price>,
}

impl<'d> Pricing<'d> {
    fn selection(&mut self, on: &str, selection: &'d SelectionSet) -> Price {
        let mut price = Price::NOTHING;
        for item in &selection.items {
            price.add(match &item.node {
                Selection::Field(field) => self.field(on, &field.node),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map_or(on, |condition| &condition.node.on.node);
                    self.selection(on, &fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            });
        }
        price
    }

    /// A fragment is priced once. That it does not spread itself has been checked before.
    fn fragment(&mut self, name: &Name) -> Price {
        if let Some(price) = self.fragments.get(name) {
            return *price;
        }
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else { return Price::NOTHING };
        let price = self.selection(&fragment.node.type_condition.node.on.node, &fragment.node.selection_set.node);
        self.fragments.insert(name, price);
        price
    }

    fn field(&mut self, on: &str, field: &'d Field) -> Price {
        let name = field.name.node.as_str();
        if matches!(name, "__schema" | "__type") {
            let introspected = self.introspected(&field.selection_set.node).saturating_add(1);
            return Price { introspected, cache: CachePolicy::NoStore, ..Price::NOTHING };
        }
        let mut price = Price { complexity: 1, ..Price::NOTHING };
        // What the schema does not have costs nothing: validation refuses it.
        let registry = self.registry;
        let Some(declared) = registry.types.get(on).and_then(|on| on.fields()?.get(name)) else { return price };
        let below = declared.ty.trim_matches(['[', ']', '!']);
        let kind = registry.types.get(below);
        let hint = CachePolicy::hinted(declared.cache_control).or_else(|| match kind {
            Some(MetaType::Object { cache_control, .. }) => CachePolicy::hinted(*cache_control),
            _ => None,
        });
        // A root field says that it may be kept; what lies below follows it, unless it says less.
        let is_root = on == registry.query_type;
        price.cache = hint.unwrap_or(if is_root { CachePolicy::NoStore } else { Price::NOTHING.cache });
        let composite =
            matches!(kind, Some(MetaType::Object { .. } | MetaType::Interface { .. } | MetaType::Union { .. }));
        if composite {
            let plumbing = on.ends_with("Connection") || on.ends_with("Edge");
            price.lookups = u64::from(!plumbing);
            let items = if plumbing { 1 } else { self.items(declared, field) };
            price.add(self.selection(below, &field.selection_set.node).times(items));
        }
        if registry.mutation_type.as_deref() == Some(on) {
            price.lookups = price.lookups.saturating_add(LOOKUPS_PER_MUTATION);
        }
        price
    }

    /// How many objects a field may answer with.
    fn items(&self, declared: &MetaField, field: &Field) -> u64 {
        if declared.args.contains_key("first") {
            let asked = ["first", "last"].into_iter().find_map(|name| self.argument(field, name));
            let asked = match asked {
                None => DEFAULT_PAGE_SIZE,
                Some(Asked::Number(number)) => number,
                Some(Asked::Items(_) | Asked::Nonsense) => MAX_PAGE_SIZE,
            };
            return u64::try_from(asked.min(MAX_PAGE_SIZE)).unwrap_or(u64::MAX);
        }
        if !declared.ty.starts_with('[') {
            return 1;
        }
        let named = declared.args.values().find(|argument| argument.ty.starts_with('['));
        match named.and_then(|argument| self.argument(field, &argument.name)) {
            Some(Asked::Items(items)) => u64::try_from(items).unwrap_or(u64::MAX),
            _ => UNPAGED_LIST_ITEMS,
        }
    }

    /// What an argument asks for, if it is there and not null. Values stay where they are: they can be large.
    fn argument(&self, field: &Field, name: &str) -> Option<Asked> {
        let asked = match &field.get_argument(name)?.node {
            Argument::Variable(name) => match self.variables.get(name)? {
                Value::Null => return None,
                Value::Number(number) => Asked::of(number),
                Value::List(items) => Asked::Items(items.len()),
                _ => Asked::Nonsense,
            },
            Argument::Null => return None,
            Argument::Number(number) => Asked::of(number),
            Argument::List(items) => Asked::Items(items.len()),
            _ => Asked::Nonsense,
        };
        Some(asked)
    }

    /// Fields below `__schema` and `__type`, by the names of the introspection schema
    /// (<https://spec.graphql.org/October2021/#sec-Schema-Introspection>).
    fn introspected(&self, selection: &'d SelectionSet) -> u64 {
        selection.items.iter().fold(0, |sum: u64, item| {
            sum.saturating_add(match &item.node {
                Selection::Field(field) => {
                    let below = self.introspected(&field.node.selection_set.node);
                    let is_list = matches!(
                        field.node.name.node.as_str(),
                        "types"
                            | "directives"
                            | "fields"
                            | "args"
                            | "inputFields"
                            | "interfaces"
                            | "possibleTypes"
                            | "enumValues"
                    );
                    below.saturating_mul(if is_list { INTROSPECTION_LIST_ITEMS } else { 1 }).saturating_add(1)
                }
                Selection::InlineFragment(fragment) => self.introspected(&fragment.node.selection_set.node),
                // Followed each time: how much that can come to is limited by the fields once expanded.
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    fragment.map_or(0, |fragment| self.introspected(&fragment.node.selection_set.node))
                }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Mutation, Query};

    fn priced(text: &str, variables: serde_json::Value) -> Option<Price> {
        let document = async_graphql::parser::parse_query(text).ok()?;
        let (_, operation) = document.operations.iter().next()?;
        let mut variables = Variables::from_json(variables);
        super::super::defaults::fill(&mut variables, &operation.node);
        Some(Prices::of::<Query, Mutation>().price(&document, &operation.node, &variables))
    }

    #[test]
    fn page_sizes_multiply_down_the_levels() {
        let none = serde_json::json!({});
        let cases = [
            ("{ __typename }", none.clone(), 1, 0),
            ("{ tenant(slug: \"a\") { name } }", none.clone(), 2, 1),
            ("{ tags { nodes { name } } }", none.clone(), 41, 1),
            ("{ tags(first: 3) { nodes { name } edges { node { name } } } }", none.clone(), 1 + 3 * 5, 1),
            (
                "{ tags(first: 3) { nodes { items(last: 2) { nodes { id } } } } }",
                none.clone(),
                1 + 3 * (1 + 1 + 2 * 2),
                4,
            ),
            ("query($n: Int = 4) { tags(first: $n) { nodes { name } } }", none.clone(), 9, 1),
            ("query($n: Int = 4) { tags(first: $n) { nodes { name } } }", serde_json::json!({"n": 7}), 15, 1),
            (
                "{ tags(first: 3) { ...T } } fragment T on TagConnection { nodes { ...N ...N } } fragment N on Tag { name }",
                none.clone(),
                1 + 3 * 3,
                1,
            ),
            ("{ nodes(ids: [\"a\", \"b\"]) { id ... on Episode { series { id } } } }", none.clone(), 1 + 2 * 3, 3),
            ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", serde_json::json!({"ids": ["a", "b", "c"]}), 4, 1),
            ("{ tags(first: 2147483648) { nodes { name } } }", none.clone(), 201, 1),
            ("{ nothing { at(first: 9) { all } } }", none, 1, 0),
        ];
        for (text, variables, complexity, lookups) in cases {
            let found = priced(text, variables).map(|price| (price.complexity, price.lookups));
            assert_eq!(found, Some((complexity, lookups)), "{text}");
        }
    }

    #[test]
    fn a_price_never_overflows() {
        let deep = (0..18)
            .fold("id".to_owned(), |inner, _| format!("series {{ episodes(first: 100) {{ nodes {{ {inner} }} }} }}"));
        let price = priced(&format!("{{ episodes {{ nodes {{ {deep} }} }} }}"), serde_json::json!({}));
        assert!(price.is_some_and(|price| price.complexity == u64::MAX && price.cost() == u32::MAX));
    }

    #[test]
    fn the_query_of_tools_passes_and_a_bomb_of_introspection_does_not() {
        let usual = "{ __schema { types { name fields { name args { name type { ...T } } type { ...T } } } } }
            fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let passes = |text: &str| priced(text, serde_json::json!({})).map(|price| price.check(1_000).is_ok());
        assert_eq!(passes(usual), Some(true));
        let bomb = (0..5).fold("name".to_owned(), |inner, _| format!("fields {{ type {{ {inner} }} }}"));
        assert_eq!(passes(&format!("{{ __schema {{ types {{ {bomb} }} }} }}")), Some(false));
    }

    #[test]
    fn an_answer_is_kept_as_long_as_every_root_field_allows() {
        let cases = [
            ("{ tags { nodes { name } } }", CachePolicy::Public(60)),
            ("{ tags { nodes { name } } tenants { nodes { id } } __typename }", CachePolicy::Public(60)),
            ("{ __typename }", CachePolicy::NoStore),
            ("{ __schema { types { name } } tags { nodes { name } } }", CachePolicy::NoStore),
            ("mutation { anything }", CachePolicy::NoStore),
        ];
        for (text, expected) in cases {
            assert_eq!(priced(text, serde_json::json!({})).map(|price| price.cache), Some(expected), "{text}");
        }
    }
}
