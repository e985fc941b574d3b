//! The statements of `cypher/assets/` and their rows. No other file names them.

use std::collections::HashSet;

use async_graphql::resolver_utils::enum_value;
use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde::Deserialize;

use super::check::{Cue, Found, Refusal};
use super::derived::Variant;
use super::library::{AssetState, TenantAsset};
use super::types::AssetKind;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::graph::{Graph, GraphError, map};
use crate::id::{AssetId, TenantId, UserId};
use crate::pagination::Page;
use crate::scope::{AtLeast, Editor, Member, Scope, TenantRole, TenantScope, or_null};
use crate::tenants::TenantPlan;

#[derive(Deserialize)]
struct Row {
    asset: TenantAsset,
}

/// A row that says no more than that something was done.
#[derive(Deserialize)]
struct Done {
    #[serde(rename = "id")]
    _id: AssetId,
}

/// The tenant of a file, if the viewer belongs to it.
pub(super) async fn tenant_of(scope: &Scope, id: AssetId) -> Result<Option<TenantId>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        tenant_id: TenantId,
    }
    let rows = scope.read::<Row>(cypher!("assets/tenant_of").bind("id", id)).await?;
    Ok(rows.first().map(|row| row.tenant_id))
}

/// A file from the inside.
pub(super) async fn by_id<R: AtLeast>(scope: &TenantScope<R>, id: AssetId) -> Result<Option<TenantAsset>> {
    let rows = scope.read::<Row>(cypher!("assets/by_id").bind("id", id)).await?;
    Ok(rows.into_iter().next().map(|row| row.asset))
}

/// A page of the files of these kinds and states.
pub(super) async fn of_tenant(
    scope: &TenantScope<Member>,
    kinds: &HashSet<AssetKind>,
    states: &HashSet<AssetState>,
    page: &Page,
) -> Result<Vec<TenantAsset>> {
    #[derive(Deserialize)]
    struct Row {
        items: Vec<TenantAsset>,
    }
    let key = |kind: AssetKind, state: AssetState| {
        map([
            ("tenantId", scope.id().into()),
            ("kind", name(kind).into()),
            ("state", name(state).into()),
            ("lower", page.lower()),
            ("upper", page.upper()),
        ])
    };
    let keys = kinds.iter().flat_map(|kind| states.iter().map(|state| key(*kind, *state)));
    let keys: Vec<BoltType> = keys.collect();
    let rows = scope.read::<Row>(page.bind(cypher!("assets/of_tenant"), keys)).await?;
    Ok(rows.into_iter().next().map(|row| row.items).unwrap_or_default())
}

/// What came of beginning an upload.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Begun {
    Now,
    /// With the same key.
    Before,
    /// The plan has no room for it.
    Full,
    /// Too many are on their way.
    TooMany,
}

#[derive(Deserialize)]
pub(super) struct BeginRow {
    pub(super) verdict: Begun,
    pub(super) id: AssetId,
    /// How many bytes there was room for.
    pub(super) room: i64,
}

/// Begins an upload.
pub(super) async fn begin(
    scope: &TenantScope<Editor>,
    asset: BoltType,
    creation_key: Option<String>,
    max_pending: i64,
) -> Result<Option<BeginRow>> {
    let statement = cypher!("assets/begin")
        .bind("asset", asset)
        .bind("roles", editors())
        .bind("creationKey", or_null(creation_key))
        .bind("plan", TenantPlan::default().name())
        .bind("maxStorageBytes", TenantPlan::by_name(|plan| plan.limits().storage_bytes))
        .bind("maxPending", max_pending);
    Ok(scope.write(statement).await?.pop())
}

/// Keeps the name that the S3 server has given an upload.
pub(super) async fn set_upload(scope: &TenantScope<Editor>, id: AssetId, upload: &str) -> Result<bool> {
    let statement = cypher!("assets/set_upload").bind("id", id).bind("uploadId", upload);
    Ok(!scope.write::<Done>(statement).await?.is_empty())
}

/// What came of taking a file away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Removal {
    Removed,
    InUse,
    /// Somebody looks at it.
    Busy,
    OtherState,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemovalRow {
    pub(super) verdict: Removal,
    pub(super) upload_id: Option<String>,
}

/// Takes a file in one of these states away, if nothing uses it.
pub(super) async fn remove(
    scope: &TenantScope<Editor>,
    id: AssetId,
    states: &[AssetState],
    lease_ends: DateTime<Utc>,
    event: NewEvent,
) -> Result<Option<RemovalRow>> {
    let states: Vec<String> = states.iter().map(|state| name(*state)).collect();
    let statement = cypher!("assets/remove").bind("id", id).bind("states", states).bind("roles", editors());
    Ok(scope.write(statement.bind("leaseEnds", lease_ends).bind("event", event)).await?.pop())
}

/// Who looks at a file.
#[derive(Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) id: AssetId,
    pub(super) claim: &'a str,
}

/// Takes a file on to be checked, unless another server is at it.
pub(super) async fn claim(
    graph: &Graph,
    Claim { id, claim }: Claim<'_>,
    lease_ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<TenantAsset>, GraphError> {
    let statement = cypher!("assets/claim_check").bind("id", id).bind("claim", claim);
    let rows = graph.write::<Row>(statement.bind("leaseEnds", lease_ends).bind("now", now)).await?;
    Ok(rows.into_iter().next().map(|row| row.asset))
}

/// Says that a file is still being checked; false where somebody else has taken it on.
pub(super) async fn renew(
    graph: &Graph,
    Claim { id, claim }: Claim<'_>,
    lease_ends: DateTime<Utc>,
) -> Result<bool, GraphError> {
    let statement = cypher!("assets/renew_check").bind("id", id).bind("claim", claim).bind("leaseEnds", lease_ends);
    Ok(!graph.write_again::<Done>(statement).await?.is_empty())
}

/// Gives a file back that could not be checked yet.
pub(super) async fn release(
    graph: &Graph,
    Claim { id, claim }: Claim<'_>,
    now: DateTime<Utc>,
) -> Result<(), GraphError> {
    let statement = cypher!("assets/release_check").bind("id", id).bind("claim", claim).bind("now", now);
    graph.write_again::<Done>(statement).await.map(drop)
}

/// Shows a file that was checked; false where somebody else has taken it on meanwhile.
pub(super) async fn ready(
    graph: &Graph,
    Claim { id, claim }: Claim<'_>,
    found: Found,
    review_at: DateTime<Utc>,
    (event, now): (NewEvent, DateTime<Utc>),
) -> Result<bool, GraphError> {
    let statement = cypher!("assets/ready").bind("id", id).bind("claim", claim).bind("found", found);
    let statement = statement.bind("reviewAt", review_at).bind("event", event).bind("now", now);
    Ok(!graph.write::<Done>(statement).await?.is_empty())
}

/// Keeps why a file was refused; false where somebody else has taken it on meanwhile.
pub(super) async fn refuse(
    graph: &Graph,
    Claim { id, claim }: Claim<'_>,
    refusal: &Refusal,
    remove_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, GraphError> {
    let statement = cypher!("assets/refuse")
        .bind("id", id)
        .bind("claim", claim)
        .bind("code", enum_value(refusal.code).to_string())
        .bind("message", refusal.message.as_str())
        .bind("removeAt", remove_at)
        .bind("now", now);
    Ok(!graph.write::<Done>(statement).await?.is_empty())
}

/// What came of saying where the renditions of a video are.
pub(super) enum Attached {
    Done,
    /// It is no video, or not there yet.
    NoVideo,
    /// It has been changed meanwhile, and has this version.
    Stale(i32),
}

/// Says where the renditions of a video are; nothing where there is no such file.
pub(super) async fn attach_renditions(
    scope: &TenantScope<Editor>,
    id: AssetId,
    expected_version: Option<i32>,
    renditions: BoltType,
    event: NewEvent,
) -> Result<Option<Attached>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Verdict {
        Done,
        NoVideo,
        Stale,
    }
    #[derive(Deserialize)]
    struct Row {
        verdict: Verdict,
        version: i32,
    }
    let statement = cypher!("assets/attach_renditions")
        .bind("id", id)
        .bind("roles", editors())
        .bind("expectedVersion", or_null(expected_version.map(i64::from)))
        .bind("renditions", renditions)
        .bind("event", event);
    let row = scope.write::<Row>(statement).await?.pop();
    Ok(row.map(|row| match row.verdict {
        Verdict::Done => Attached::Done,
        Verdict::NoVideo => Attached::NoVideo,
        Verdict::Stale => Attached::Stale(row.version),
    }))
}

/// A file whose time has come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Due {
    pub(super) id: AssetId,
    pub(super) tenant_id: TenantId,
    pub(super) created_by: Option<UserId>,
}

/// Files that somebody has to look after.
pub(super) async fn due(graph: &Graph, limit: i64, now: DateTime<Utc>) -> Result<Vec<Due>, GraphError> {
    graph.read(cypher!("assets/due").bind("limit", limit).bind("now", now)).await
}

/// What becomes of a file whose time has come.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Step {
    /// Whoever looked at it was killed.
    Check,
    Keep,
    Remove,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepRow {
    pub(super) step: Step,
    pub(super) upload_id: Option<String>,
}

/// Decides it, unless another server has.
pub(super) async fn claim_due(
    graph: &Graph,
    id: AssetId,
    lease_ends: DateTime<Utc>,
    review_at: DateTime<Utc>,
    (event, now): (NewEvent, DateTime<Utc>),
) -> Result<Option<StepRow>, GraphError> {
    let statement = cypher!("assets/claim_due").bind("id", id).bind("leaseEnds", lease_ends);
    let statement = statement.bind("reviewAt", review_at).bind("event", event).bind("now", now);
    Ok(graph.write(statement).await?.pop())
}

/// Erases a file whose objects are gone.
pub(super) async fn erase(graph: &Graph, id: AssetId) -> Result<(), GraphError> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "erased")]
        _erased: i64,
    }
    graph.write_again::<Row>(cypher!("assets/erase").bind("id", id)).await.map(drop)
}

/// A picture that has no variants yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Picture {
    pub(super) tenant_id: TenantId,
    pub(super) key: String,
    pub(super) bytes: i64,
    pub(super) content_type: String,
}

/// The picture, if it is one, and has no variants yet.
pub(super) async fn for_variants(graph: &Graph, id: AssetId) -> Result<Option<Picture>, GraphError> {
    Ok(graph.read(cypher!("assets/for_variants").bind("id", id)).await?.pop())
}

/// Keeps which variants there are; false where the picture is not there any more.
pub(super) async fn set_variants(
    graph: &Graph,
    id: AssetId,
    variants: &[Variant],
    blurhash: &str,
    now: DateTime<Utc>,
) -> Result<bool, GraphError> {
    let all = |side: fn(&Variant) -> u32| -> Vec<i64> { variants.iter().map(|it| side(it).into()).collect() };
    let bytes: usize = variants.iter().map(|variant| variant.bytes.len()).sum();
    let statement = cypher!("assets/set_variants").bind("id", id).bind("widths", all(|it| it.size.0));
    let statement = statement.bind("heights", all(|it| it.size.1)).bind("blurhash", blurhash);
    let statement = statement.bind("bytes", i64::try_from(bytes).unwrap_or(i64::MAX)).bind("now", now);
    Ok(!graph.write_again::<Done>(statement).await?.is_empty())
}

/// Captions whose cues cannot be searched yet: their key and their size.
pub(super) async fn for_cues(graph: &Graph, id: AssetId) -> Result<Option<(String, i64)>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        key: String,
        bytes: i64,
    }
    let rows = graph.read::<Row>(cypher!("assets/for_cues").bind("id", id)).await?;
    Ok(rows.into_iter().next().map(|row| (row.key, row.bytes)))
}

/// Keeps the cues of captions.
pub(super) async fn set_cues(graph: &Graph, id: AssetId, cues: Vec<Cue>, now: DateTime<Utc>) -> Result<(), GraphError> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "made")]
        _made: i64,
    }
    let moment = |milliseconds: u64| BoltType::from(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    let row =
        |cue: Cue| map([("startMs", moment(cue.start_ms)), ("endMs", moment(cue.end_ms)), ("text", cue.text.into())]);
    let cues: Vec<BoltType> = cues.into_iter().map(row).collect();
    let statement = cypher!("assets/set_cues").bind("id", id).bind("cues", cues).bind("now", now);
    graph.write_again::<Row>(statement).await.map(drop)
}

/// The roles of those who change files, which statements look at once more under their lock.
fn editors() -> Vec<String> {
    [TenantRole::Editor, TenantRole::Admin, TenantRole::Owner].into_iter().map(name).collect()
}

/// A value of an enum as it stands in the graph.
pub(super) fn name<E: async_graphql::resolver_utils::EnumType>(value: E) -> String {
    enum_value(value).to_string()
}
