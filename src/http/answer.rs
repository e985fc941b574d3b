//! From the parameters of a request to the answer of each of its operations.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use async_graphql::{ObjectType, Request, Response as GraphqlResponse, SubscriptionType, Value, Variables};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;
use chrono::{SecondsFormat, Utc};
use futures::FutureExt;
use serde::Serialize;
use serde_json::json;
use tracing::Instrument;

use super::documents::Found;
use super::request::{Parameters, is_safe};
use super::{DEBUG_HEADER, Edge, PREVIEW_HEADER, Refusal, TENANT_HEADER};
use crate::auth::{self, PlatformRole, PresentedToken, Viewer, grants};
use crate::budget::{Balance, Budgets, Overspent};
use crate::completion;
use crate::error::{self, Error};
use crate::graph::Graph;
use crate::meter::Meter;
use crate::operation::{CachePolicy, Operation, Rejection, points_of};
use crate::publishing::{self, MAX_ANSWERS};
use crate::schema;
use crate::scope::{Client, Editor, Scope, TenantScope};
use crate::telemetry::Observed;

/// The most errors of a document that does not run.
const MAX_DOCUMENT_ERRORS: usize = 20;
/// By how much a statement may outlast the limit of its request, so that it is the request that is ended.
pub(super) const STATEMENT_MARGIN: Duration = Duration::from_millis(500);
/// What a request costs before it is read; it is part of what its operations cost.
const ARRIVAL_COST: u32 = 1;
/// What an operation costs that is not executed.
const REJECTED_COST: u32 = 1;

/// Who sends a request, and how.
pub(super) struct Sender<'r> {
    pub(super) parts: &'r Parts,
    pub(super) viewer: Viewer,
    pub(super) address: IpAddr,
    pub(super) observed: &'r Observed,
}

/// The answer of one operation.
pub(super) struct Answered {
    pub(super) body: Body,
    /// The status of an operation that was not executed, where the media type has one for it.
    pub(super) rejected: Option<StatusCode>,
    /// How long a shared cache may keep it.
    pub(super) cache: CachePolicy,
}

/// What is sent: <https://spec.graphql.org/October2021/#sec-Response-Format>. Errors come first, so that
/// nobody misses them; without data, execution has not begun.
#[derive(Serialize)]
pub(super) struct Body {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<async_graphql::ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Value>,
    extensions: std::collections::BTreeMap<String, Value>,
}

/// An operation that may run.
struct Ready {
    operation: Operation,
    variables: Variables,
    document: Found,
    /// Whether it asks for a preview.
    previews: bool,
}

/// An operation, or why it does not run.
type Prepared = Result<Ready, Rejection>;

/// Answers all operations of a request, which has paid [`ARRIVAL_COST`] already.
pub(super) async fn all(
    edge: &Edge,
    sender: &Sender<'_>,
    mut asked: Vec<Parameters>,
    arrival: Option<Balance>,
) -> Result<Vec<Answered>, Refusal> {
    // First what costs little: parameters without a document are no GraphQL request.
    let found = asked.iter_mut().map(|parameters| find(edge, parameters)).collect::<Result<Vec<_>, _>>()?;
    let prepared = found.into_iter().zip(asked).map(|(found, parameters)| measure(edge, sender, found?, parameters));
    let prepared: Vec<Prepared> = prepared.collect();
    if is_safe(&sender.parts.method)
        && prepared.iter().flatten().any(|ready| ready.operation.kind != OperationType::Query)
    {
        let error = Error::BadUserInput("only queries are executed by GET; send it by POST".to_owned());
        return Err(Refusal::with_status(StatusCode::METHOD_NOT_ALLOWED, error));
    }
    let balance = charge(edge, sender, &prepared, arrival)?;
    let _turn = edge.turns.of_all()?;
    let operations = u64::try_from(prepared.len()).unwrap_or(u64::MAX);
    let answers = prepared.into_iter().map(|prepared| {
        // They run at the same time, so what a request may take is divided among them.
        let meter = Meter::new(edge.max_answer_fields / operations, edge.max_answer_items / operations);
        one(edge, sender, (prepared, operations == 1), Arc::new(meter), balance)
    });
    Ok(futures::future::join_all(answers).await)
}

/// Finds the document; why it is not known is an answer of its own.
fn find(edge: &Edge, parameters: &mut Parameters) -> Result<Result<Found, Rejection>, Refusal> {
    match edge.documents.find(parameters) {
        Ok(found) => Ok(Ok(found)),
        Err(error @ Error::BadUserInput(_)) => Err(error.into()),
        Err(error) => Ok(Err(error::of_request(error).into())),
    }
}

/// Parses, measures and prices an operation.
fn measure(edge: &Edge, sender: &Sender<'_>, document: Found, mut parameters: Parameters) -> Prepared {
    let mut variables =
        parameters.variables(&edge.operation_limits).map_err(|error| Box::new(error::of_request(error)))?;
    let name = parameters.operation_name();
    let operation = Operation::prepare(&document.text, name, &mut variables, &edge.prices, &edge.operation_limits)?;
    if operation.introspects && !edge.introspection && !sender.viewer.has(PlatformRole::Operator) {
        let error = Error::BadUserInput("introspection is switched off on this server".to_owned());
        return Err(error::of_request(error).into());
    }
    if let Viewer::User(user) = &sender.viewer {
        let allowed = grants::check(user, operation.kind, &operation.root_fields(), edge.prices.registry());
        allowed.map_err(|error| Box::new(error::of_request(error)))?;
    }
    let budget = edge.budgets.as_ref().map(Budgets::points).filter(|budget| operation.cost > *budget);
    if let Some(budget) = budget {
        let cost = operation.cost;
        let message = format!("it costs {cost} points, and a whole budget is {budget}: ask for smaller pages");
        return Err(error::of_request(Error::TooComplex(message)).into());
    }
    let previews = parameters.previews() || sender.parts.headers.contains_key(PREVIEW_HEADER);
    if previews && operation.kind != OperationType::Query {
        let error = Error::BadUserInput("only queries have a preview".to_owned());
        return Err(error::of_request(error).into());
    }
    Ok(Ready { operation, variables, document, previews })
}

/// Spends what a request costs whatever it holds, before it is read.
pub(super) fn charge_arrival(edge: &Edge, viewer: &Viewer, address: IpAddr) -> Result<Option<Balance>, Refusal> {
    spend(edge, viewer, address, ARRIVAL_COST)
}

/// Spends the rest of what the operations of a request cost together, before anything runs.
fn charge(
    edge: &Edge,
    sender: &Sender<'_>,
    prepared: &[Prepared],
    arrival: Option<Balance>,
) -> Result<Option<Balance>, Refusal> {
    let costs = prepared.iter().map(|prepared| prepared.as_ref().map_or(REJECTED_COST, |ready| ready.operation.cost));
    let cost = costs.fold(0, u32::saturating_add);
    sender.observed.cost(cost);
    let balance = match cost.saturating_sub(ARRIVAL_COST) {
        0 => arrival,
        rest => spend(edge, &sender.viewer, sender.address, rest)?,
    };
    for ready in prepared.iter().flatten() {
        edge.documents.keep(&ready.document);
    }
    Ok(balance)
}

pub(super) fn spend(edge: &Edge, viewer: &Viewer, address: IpAddr, points: u32) -> Result<Option<Balance>, Refusal> {
    let Some(budgets) = &edge.budgets else { return Ok(None) };
    match budgets.spend(viewer, address, points) {
        Ok(balance) => Ok(Some(balance)),
        Err(Overspent::Wait(time)) => Err(Error::RateLimited("the budget is spent", time).into()),
        Err(Overspent::Never(budget)) => {
            let message = format!("the operations cost {points} points, and a whole budget is {budget}: ask for less");
            Err(Error::TooComplex(message).into())
        }
    }
}

async fn one(
    edge: &Edge,
    sender: &Sender<'_>,
    (prepared, alone): (Prepared, bool),
    meter: Arc<Meter>,
    balance: Option<Balance>,
) -> Answered {
    let (cost, mut cache, outcome) = match prepared {
        Ok(Ready { operation, variables, previews, .. }) => {
            // What is not published is for nobody else.
            let (cost, cache) = (operation.cost, if previews { CachePolicy::NoStore } else { operation.cache });
            let span = sender.observed.operation(operation.kind, operation.name.as_deref());
            let running = run(edge, sender, &meter, (operation, variables), (previews, alone)).instrument(span);
            (cost, cache, running.await)
        }
        Err(rejection) => (REJECTED_COST, CachePolicy::NoStore, Err(rejection)),
    };
    let mut response = outcome.unwrap_or_else(|rejection| GraphqlResponse::from_errors(vec![*rejection]));
    // Data that is null says that execution began; where it did not, there is no such entry
    // (https://spec.graphql.org/October2021/#sec-Data).
    let began = response.errors.is_empty()
        || response.data != Value::Null
        || response.errors.iter().any(|error| !error.path.is_empty());
    let rejected = (!began).then(|| error::status(&response.errors));
    if !began {
        // Whoever has mended these may ask for the next.
        response.errors.truncate(MAX_DOCUMENT_ERRORS);
    }
    sender.observed.errors(&response.errors);
    error::log_causes(&response.errors);
    for error in &mut response.errors {
        error::expose(error, sender.observed.correlation_id());
    }
    if !response.errors.is_empty() || sender.viewer != Viewer::Anonymous {
        cache = CachePolicy::NoStore;
    }
    let mut extensions = response.extensions;
    extensions.insert("correlationId".to_owned(), sender.observed.correlation_id().into());
    // What is left of a budget is nobody else's business, and wrong as soon as a cache has kept it.
    let shown_balance = balance.filter(|_| !is_safe(&sender.parts.method) || cache == CachePolicy::NoStore);
    extensions.insert("cost".to_owned(), shown_cost(cost, points_of(meter.lookups(), meter.fields()), shown_balance));
    if sender.parts.headers.get(DEBUG_HEADER).is_some_and(|value| value == "statements")
        && sender.viewer.has(PlatformRole::Operator)
    {
        let statements = sender.observed.statements().records();
        let debug = async_graphql::to_value(json!({"statements": statements})).unwrap_or_default();
        extensions.insert("debug".to_owned(), debug);
    }
    let data = began.then_some(response.data);
    Answered { body: Body { errors: response.errors, data, extensions }, rejected, cache }
}

/// Executes an operation within the limits of time and size.
async fn run(
    edge: &Edge,
    sender: &Sender<'_>,
    meter: &Arc<Meter>,
    (operation, variables): (Operation, Variables),
    (previews, alone): (bool, bool),
) -> Result<GraphqlResponse, Rejection> {
    let statements = sender.observed.statements();
    let graph = edge.graph.logging_to(Arc::clone(statements));
    let limit = limit_of(edge, &operation);
    let graph = graph.until(Instant::now() + limit + STATEMENT_MARGIN);
    let execution = async {
        if previews {
            return previewed(edge, sender, meter, (graph, &operation, variables)).await;
        }
        if operation.kind != OperationType::Query {
            let scope = scope(graph, sender).await?;
            let scope = if operation.kind == OperationType::Mutation { scope.confirmed().await? } else { scope };
            return executed(edge, meter, (scope, &operation, variables)).await;
        }
        let begun = statements.len();
        let mut answers = 0;
        loop {
            answers += 1;
            let before = edge.changeovers.before();
            let scope = scope(graph.clone(), sender).await?;
            let tenant = scope.confined_to().map(|tenant| tenant.id);
            let response = executed(edge, meter, (scope, &operation, variables.clone())).await?;
            // The operations of a batch have one log, which does not say whose its statements are.
            let reads = !alone || statements.len() > begun;
            // What failed is told as it is; what was read must not be half of a release.
            if !reads
                || response.is_err()
                || answers == MAX_ANSWERS
                || edge.changeovers.is_unchanged_since(&before, tenant).await?
            {
                return Ok(response);
            }
            if alone {
                statements.truncate(begun);
            }
            meter.reset();
        }
    };
    let outcome = tokio::select! {
        outcome = execution => outcome,
        message = meter.exceeded() => Err(Error::TooComplex(message)),
        // What it was doing in Neo4j is ended when the execution is dropped.
        () = tokio::time::sleep(limit) => Err(Error::TimedOut(limit)),
    };
    outcome.map_err(|error| Box::new(error::of_request(error)))
}

/// How long an operation may be executed.
fn limit_of(edge: &Edge, operation: &Operation) -> Duration {
    let about_a_catalogue = operation.root_fields().iter().any(|field| publishing::CATALOGUE_FIELDS.contains(field));
    if about_a_catalogue { edge.catalogue_limit.max(edge.execution_limit) } else { edge.execution_limit }
}

/// Executes an operation in a preview of the tenant that the request is confined to, or that its link names.
async fn previewed(
    edge: &Edge,
    sender: &Sender<'_>,
    meter: &Arc<Meter>,
    (graph, operation, variables): (Graph, &Operation, Variables),
) -> error::Result<GraphqlResponse> {
    let token = sender.parts.headers.get(PREVIEW_HEADER).map(|value| value.to_str().unwrap_or_default());
    let (tenant, scope) = if let Some(token) = token.filter(|token| *token != "true") {
        let (id, slug) = edge.keys.check_preview(token)?;
        if sender.parts.headers.get(TENANT_HEADER).is_some_and(|other| *other != slug) {
            let message = "X-Seeka-Tenant names another tenant than the link to the preview".to_owned();
            return Err(Error::BadUserInput(message));
        }
        let server = Scope::of_server(&graph, Utc::now());
        let scope = Scope::tenant(graph, sender.viewer.clone(), server.now(), &slug).await?;
        // Somebody else may have the slug by now.
        if scope.confined_to().is_none_or(|tenant| tenant.id != id) {
            return Err(Error::NotFound("there is no tenant with this slug".to_owned()));
        }
        (TenantScope::<Editor>::of_server(server, id), scope)
    } else {
        let scope = scope(graph, sender).await?;
        if scope.confined_to().is_none() {
            let message = "name the tenant of the preview by the header X-Seeka-Tenant".to_owned();
            return Err(Error::BadUserInput(message));
        }
        (TenantScope::<Editor>::of(&scope, None).await?, scope)
    };
    publishing::preview(&tenant, scope, |scope| executed(edge, meter, (scope, operation, variables))).await
}

/// Executes an operation in its scope.
async fn executed(
    edge: &Edge,
    meter: &Arc<Meter>,
    (scope, operation, variables): (Scope, &Operation, Variables),
) -> error::Result<GraphqlResponse> {
    let Operation { document, name, .. } = operation;
    let scope = scope.metered(Arc::clone(meter));
    let mut request = Request::new("").variables(variables).data(Arc::clone(meter));
    request.operation_name.clone_from(name);
    request.set_parsed_query(completion::ensure(document.clone()));
    let mut response = execute(&edge.schema, schema::within(scope, request)).await;
    completion::complete(&mut response, document, name.as_deref(), edge.prices.registry());
    Ok(response)
}

pub(super) async fn scope(graph: Graph, sender: &Sender<'_>) -> error::Result<Scope> {
    let (viewer, now) = (sender.viewer.clone(), Utc::now());
    let scope = match sender.parts.headers.get(TENANT_HEADER) {
        None => Scope::platform(graph, viewer, now),
        Some(slug) => {
            let slug = slug.to_str().map_err(|_| Error::BadUserInput("X-Seeka-Tenant holds a slug".to_owned()))?;
            Scope::tenant(graph, viewer, now, slug).await?
        }
    };
    let agent = sender.parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let user_agent = agent.map(|agent| agent.chars().take(MAX_USER_AGENT).collect());
    Ok(scope.from_client(Arc::new(Client { address: sender.address, user_agent })))
}

/// The most of a program's name that is kept, in characters.
const MAX_USER_AGENT: usize = 200;

/// Executes a request. A panic in a resolver ends this request and nothing else.
async fn execute<Q, M, S>(schema: &async_graphql::Schema<Q, M, S>, request: Request) -> GraphqlResponse
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    // Unconstrained, because the scheduler would otherwise interrupt a wide level in the middle of its
    // resolvers, and a loader would take the first of them for all.
    let execution = tokio::task::unconstrained(AssertUnwindSafe(schema.execute(request)).catch_unwind());
    execution.await.unwrap_or_else(|_| {
        tracing::error!("a resolver panicked");
        GraphqlResponse::from_errors(vec![error::panicked()])
    })
}

fn shown_cost(requested: u32, actual: u32, balance: Option<Balance>) -> Value {
    let mut cost = json!({"requested": requested, "actual": actual});
    if let Some(balance) = balance {
        cost["remaining"] = balance.remaining.into();
        cost["resetAt"] = balance.reset_at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
    }
    Value::from_json(cost).unwrap_or_default()
}

/// The viewer that the `Authorization` header names. For an access token, that costs a statement.
pub(super) async fn viewer(
    edge: &Edge,
    parts: &Parts,
    address: IpAddr,
    observed: &Observed,
) -> Result<Viewer, Refusal> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(Viewer::Anonymous) };
    let bearer = auth::bearer(header.as_bytes())?;
    let Some(token) = PresentedToken::read(bearer)? else {
        return match edge.keys.check(bearer) {
            Ok(user) => Ok(Viewer::User(user)),
            // A token that does not hold is not free: checking a signature takes work.
            Err(error) => spend(edge, &Viewer::Anonymous, address, ARRIVAL_COST).and(Err(error.into())),
        };
    };
    // Whose budget it is, only the graph knows. So the address pays for being looked up, and has its turns at that:
    // somebody who makes tokens up asks the graph no more often than somebody without one.
    spend(edge, &Viewer::Anonymous, address, ARRIVAL_COST)?;
    let _turn = edge.lookup_turns.of_client(&Viewer::Anonymous, address, edge.execution_limit).await?;
    let graph = edge.graph.logging_to(Arc::clone(observed.statements()));
    let graph = graph.until(Instant::now() + edge.execution_limit);
    Ok(Viewer::User(token.look_up(&graph, Utc::now()).await?))
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};

    use super::*;

    struct Panicking;

    #[Object]
    impl Panicking {
        async fn panics(&self) -> i32 {
            let nothing: Vec<i32> = Vec::new();
            nothing[0]
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_of_its_request() {
        let schema = Schema::build(Panicking, EmptyMutation, EmptySubscription).finish();
        let mut response = execute(&schema, Request::new("{ panics }")).await;
        assert_eq!(error::status(&response.errors), StatusCode::INTERNAL_SERVER_ERROR);
        for error in &mut response.errors {
            error::expose(error, "c0ffee");
        }
        let shown = serde_json::to_value(&response.errors).unwrap_or_default();
        assert_eq!(shown[0]["extensions"], json!({"code": "INTERNAL", "correlationId": "c0ffee"}));
        assert!(!shown.to_string().contains("index out of bounds"));
        assert!(execute(&schema, Request::new("{ __typename }")).await.errors.is_empty());
    }
}
