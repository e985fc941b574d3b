//! What a request asks for, read from its address or its body.
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Request>

use std::time::Duration;

use async_graphql::Variables;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Refusal, media};
use crate::config::OperationLimits;
use crate::error::Error;

/// The parameters of one operation.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    /// The document.
    pub(super) query: Option<String>,
    /// The identifier of a document that the server knows: `sha256:` and its hash.
    pub(super) document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    /// What clients and servers agree on beyond the specification.
    pub(super) extensions: Option<Map<String, Value>>,
}

impl Parameters {
    /// The values of the operation's variables.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX` beyond the limits: an operation copies them for each place that names them.
    pub(super) fn variables(&mut self, limits: &OperationLimits) -> Result<Variables, Error> {
        let variables = self.variables.take().unwrap_or_default();
        let mut size = Size::default();
        variables.iter().for_each(|(name, value)| size.add(name, value));
        for (what, measured, limit) in [
            ("values", size.values, limits.max_variable_values),
            ("bytes of text", size.bytes, limits.max_document_bytes),
        ] {
            if measured > limit {
                return Err(Error::TooComplex(format!(
                    "the variables have {measured} {what}, and {limit} are allowed"
                )));
            }
        }
        Ok(Variables::from_json(Value::Object(variables)))
    }

    /// Whether the request asks for a preview, by `"extensions": {"preview": true}`.
    pub(super) fn previews(&self) -> bool {
        self.extensions.as_ref().is_some_and(|extensions| extensions.get("preview") == Some(&Value::Bool(true)))
    }

    /// Which operation of the document is meant, if several are in it.
    pub(super) fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref().filter(|name| !name.is_empty())
    }
}

/// What variables come to, lists and objects with what is in them.
#[derive(Default)]
struct Size {
    values: u64,
    bytes: u64,
}

impl Size {
    fn add(&mut self, name: &str, value: &Value) {
        let bytes = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.values += 1;
        self.bytes += bytes(name);
        match value {
            Value::String(text) => self.bytes += bytes(text),
            Value::Number(number) => self.bytes += bytes(&number.to_string()),
            // How deep they nest has been limited when they were read.
            Value::Array(items) => items.iter().for_each(|item| self.add("", item)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.add(name, value)),
            Value::Null | Value::Bool(_) => {}
        }
    }
}

/// Whether a request changes nothing: only queries are executed then, and they stand in the address. A `HEAD`
/// is a `GET` whose answer nobody reads.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// What a request asks for.
pub(super) enum Asked {
    One(Parameters),
    /// Several operations, answered together.
    Batch(Vec<Parameters>),
}

/// The limits of reading a request.
pub(super) struct ReadLimits {
    pub(super) body_bytes: usize,
    pub(super) body_time: Duration,
    pub(super) batch_size: usize,
}

/// Reads the parameters from the address of a `GET`, or from the JSON body of a `POST`.
pub(super) async fn read(parts: &Parts, body: Body, limits: &ReadLimits) -> Result<Asked, Refusal> {
    if is_safe(&parts.method) {
        return from_address(parts.uri.query().unwrap_or_default()).map(Asked::One);
    }
    if !media::is_json(&parts.headers) {
        let error = Error::BadUserInput("send the request as application/json, in UTF-8".to_owned());
        return Err(Refusal::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let bytes = whole(body, parts.headers.get(CONTENT_LENGTH), limits).await?;
    from_json(&bytes, limits.batch_size)
}

async fn whole(body: Body, length: Option<&HeaderValue>, limits: &ReadLimits) -> Result<Vec<u8>, Refusal> {
    let too_large = || {
        let error = Error::BadUserInput(format!("a request has at most {} bytes", limits.body_bytes));
        Refusal::with_status(StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    let announced = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body_bytes) {
        return Err(too_large());
    }
    match tokio::time::timeout(limits.body_time, to_bytes(body, limits.body_bytes)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_length(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Error::BadUserInput("the body broke off".to_owned()).into()),
        Err(_) => {
            let milliseconds = limits.body_time.as_millis();
            let error = Error::BadUserInput(format!("the body did not arrive within {milliseconds} ms"));
            Err(Refusal::with_status(StatusCode::REQUEST_TIMEOUT, error))
        }
    }
}

/// Whether a body could not be read because it is too long.
fn is_length(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

fn from_json(bytes: &[u8], batch_size: usize) -> Result<Asked, Refusal> {
    let no_request = |problem: &str| {
        Refusal::from(Error::BadUserInput(format!("the body is not a GraphQL request in JSON: {problem}")))
    };
    match serde_json::from_slice(bytes).map_err(|error| no_request(&position(&error)))? {
        // By way of a value, because a structure could be read from an array, too.
        Value::Object(fields) => parameters(Value::Object(fields)).map(Asked::One),
        Value::Array(items) if items.is_empty() => Err(no_request("it is an array without operations")),
        Value::Array(items) if items.len() > batch_size => {
            Err(Error::TooComplex(format!("a request has at most {batch_size} operations")).into())
        }
        Value::Array(items) if !items.iter().all(Value::is_object) => Err(no_request("an operation is an object")),
        Value::Array(items) => items.into_iter().map(parameters).collect::<Result<_, _>>().map(Asked::Batch),
        _ => Err(no_request("it is neither an object nor an array of objects")),
    }
}

/// What does not fit is not repeated: it could be a secret, and this is logged.
fn parameters(fields: Value) -> Result<Parameters, Refusal> {
    let wrong = "`query`, `documentId` and `operationName` are texts, `variables` and `extensions` are objects";
    serde_json::from_value(fields).map_err(|_| Error::BadUserInput(wrong.to_owned()).into())
}

/// Where something is no JSON.
fn position(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// Reads `application/x-www-form-urlencoded` parameters; `variables` and `extensions` are JSON in them.
fn from_address(query: &str) -> Result<Parameters, Refusal> {
    let mut parameters = Parameters::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let object = || {
            // Both may be left empty, as null may be sent in a body.
            let object = if value.is_empty() { Ok(None) } else { serde_json::from_str(&value) };
            object.map_err(|_| Error::BadUserInput(format!("`{name}` is not an object in JSON")))
        };
        match &*name {
            "query" => parameters.query = Some(value.into_owned()),
            "documentId" => parameters.document_id = Some(value.into_owned()),
            "operationName" => parameters.operation_name = Some(value.into_owned()),
            "variables" => parameters.variables = object()?,
            "extensions" => parameters.extensions = object()?,
            _ => {}
        }
    }
    Ok(parameters)
}
