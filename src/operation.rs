//! One GraphQL operation, looked at before it runs: parsed, measured against the limits, priced.
//!
//! The order matters. Tokens and brackets are counted in the text, because the parser could not bear too
//! many. The parsed document is measured with its fragments expanded, because validation visits them that
//! way and fragments that spread each other twice would cost it 2ⁿ. Only then is the operation priced
//! against the schema. Whatever is too much is refused with the number and the limit.

mod defaults;
mod price;
mod roots;
mod shape;
mod text;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{ServerError, Value, Variables};

pub use price::{CachePolicy, Prices, points_of};

use crate::config::OperationLimits;
use crate::error::{Error, of_request};

/// Why an operation does not run: what the client reads.
pub type Rejection = Box<ServerError>;

/// An operation that may run.
pub struct Operation {
    /// The document, of which one operation runs.
    pub document: ExecutableDocument,
    /// The operation's name, if the request or the document gives it one.
    pub name: Option<String>,
    /// A query, a mutation or a subscription.
    pub kind: OperationType,
    /// How much it may cost, in points; see [`Prices`].
    pub cost: u32,
    /// How long a shared cache may keep its answer.
    pub cache: CachePolicy,
    /// Whether it asks for the schema.
    pub introspects: bool,
}

impl Operation {
    /// Parses `text`, chooses the operation that `name` names, measures it, and completes its `variables`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a text that is not GraphQL or has no such operation, `QUERY_TOO_COMPLEX`
    /// for one beyond the limits.
    pub fn prepare(
        text: &str,
        name: Option<&str>,
        variables: &mut Variables,
        prices: &Prices,
        limits: &OperationLimits,
    ) -> Result<Self, Rejection> {
        text::check(text, limits)?;
        let document = async_graphql::parser::parse_query(text).map_err(|error| syntax_error(&error))?;
        let introspects = shape::check(&document, limits)?;
        let (name, operation) = choose(&document, name)?;
        let (kind, name) = (operation.ty, name.map(str::to_owned));
        defaults::fill(variables, operation);
        require_variables(operation, variables)?;
        let price = prices.price(&document, operation, variables);
        price.check(limits.max_complexity)?;
        Ok(Self { document, name, kind, cost: price.cost(), cache: price.cache, introspects })
    }
}

/// What the parser says, without the line of the document that it draws around it: that can be a megabyte, and
/// the location says where.
fn syntax_error(error: &async_graphql::parser::Error) -> ServerError {
    let drawn = error.to_string();
    let message = drawn.rsplit_once("\n  = ").map_or(drawn.as_str(), |(_, message)| message);
    let message: String = message.chars().take(MAX_SYNTAX_MESSAGE).collect();
    ServerError {
        locations: error.positions().collect(),
        ..bad_input(format!("the document is not GraphQL: {message}"))
    }
}

/// The operation that runs: <https://spec.graphql.org/October2021/#GetOperation()>.
fn choose<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<&'d str>, &'d OperationDefinition), Rejection> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some((None, &only.node)),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(all), Some(name)) => {
            all.get_key_value(name).map(|(name, chosen)| (Some(name.as_str()), &chosen.node))
        }
        (DocumentOperations::Multiple(all), None) => {
            let mut all = all.iter();
            let first = all.next().map(|(name, only)| (Some(name.as_str()), &only.node));
            if all.next().is_some() {
                return Err(
                    bad_input("the document holds several operations: name one in `operationName`".to_owned()).into()
                );
            }
            first
        }
    };
    found.ok_or_else(|| {
        let name: String = name.unwrap_or_default().chars().take(MAX_SHOWN_NAME).collect();
        bad_input(format!("the document has no operation named {name:?}")).into()
    })
}

/// Variables that cannot be null have a value (<https://spec.graphql.org/October2021/#CoerceVariableValues()>);
/// the library finds out in the middle of the execution.
fn require_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Rejection> {
    let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    for definition in definitions.filter(|definition| !definition.var_type.node.nullable) {
        let value = variables.get(&definition.name.node);
        let missing = value.map_or(definition.default_value.is_none(), |value| *value == Value::Null);
        if missing {
            let name: String = definition.name.node.chars().take(MAX_SHOWN_NAME).collect();
            let error = bad_input(format!("the variable \"${name}\" must have a value"));
            return Err(ServerError { locations: vec![definition.name.pos], ..error }.into());
        }
    }
    Ok(())
}

/// The most that the parser may say, in characters.
const MAX_SYNTAX_MESSAGE: usize = 300;
/// The most of a name that is repeated in a message, in characters.
const MAX_SHOWN_NAME: usize = 100;

fn bad_input(message: String) -> ServerError {
    of_request(Error::BadUserInput(message))
}

fn too_complex(message: String) -> ServerError {
    of_request(Error::TooComplex(message))
}
