use std::collections::HashMap;

use neo4rs::BoltType;
use serde::Deserialize;

use crate::accounts::session::{NewSession, RefreshToken, SessionSettings};
use crate::accounts::types::Session;
use crate::auth::PlatformRole;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::graph::{GraphError, Statement};
use crate::id::{SessionId, UserId};
use crate::pagination::Page;
use crate::scope::Scope;

/// What became of a refresh token.
pub(in crate::accounts) enum Refreshed {
    /// It was the one of now; the session goes on.
    Rotated {
        /// Whose session it is.
        user: UserId,
        /// What they may do by now.
        roles: Vec<PlatformRole>,
    },
    /// It was used within the grace; nothing has changed.
    AlreadyUsed,
    /// It belongs to no session, or was used before the grace and has ended its session.
    Refused,
}

/// Lets a session go on, if `used` is its token of now. `reuse` is written if it is an old one.
pub(in crate::accounts) async fn refresh_session(
    scope: &Scope,
    settings: &SessionSettings,
    used: &RefreshToken,
    next: &NewSession,
    reuse: NewEvent,
) -> Result<Refreshed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum What {
        Rotated,
        AlreadyUsed,
        Reused,
    }
    #[derive(Deserialize)]
    struct Row {
        what: What,
        user: UserId,
        roles: Vec<PlatformRole>,
    }
    let statement = cypher!("accounts/refresh_session").bind("event", reuse);
    let row = unless_gone::<Row>(scope, next.bind_after(used, scope, settings, statement)).await?;
    Ok(match row {
        Some(Row { what: What::Rotated, user, roles }) => Refreshed::Rotated { user, roles },
        Some(Row { what: What::AlreadyUsed, .. }) => Refreshed::AlreadyUsed,
        Some(Row { what: What::Reused, .. }) | None => Refreshed::Refused,
    })
}

#[derive(Deserialize)]
struct Ended {
    id: SessionId,
}

/// Ends the session of a refresh token, an old one included, and returns it; none if there is none.
pub(in crate::accounts) async fn end_session_of_token(
    scope: &Scope,
    token: &RefreshToken,
    event: NewEvent,
) -> Result<Option<SessionId>> {
    let statement = cypher!("accounts/end_session_of_token")
        .bind("id", token.session())
        .bind("familyHash", token.family_hash())
        .bind("event", event);
    Ok(unless_gone::<Ended>(scope, statement).await?.map(|ended| ended.id))
}

/// Ends a session of the viewer and returns it; none if there is none.
pub(in crate::accounts) async fn end_session_of_viewer(
    scope: &Scope,
    id: SessionId,
    event: NewEvent,
) -> Result<Option<SessionId>> {
    let statement = cypher!("accounts/end_session_of_viewer").bind("id", id).bind("event", event);
    Ok(unless_gone::<Ended>(scope, statement).await?.map(|ended| ended.id))
}

/// Ends all sessions of the viewer and returns how many there were.
pub(in crate::accounts) async fn end_all_sessions(scope: &Scope, event: NewEvent) -> Result<i32> {
    #[derive(Deserialize)]
    struct Row {
        count: i32,
    }
    let rows = scope.write::<Row>(cypher!("accounts/end_all_sessions").bind("event", event)).await?;
    Ok(rows.first().map_or(0, |row| row.count))
}

/// Pages of the sessions of the viewer.
pub(in crate::accounts) async fn sessions_of_viewer(
    scope: &Scope,
    pages: &[Page],
) -> Result<HashMap<Page, Vec<Session>>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        items: Vec<Session>,
    }
    let viewer = scope.viewer().signed_in()?.id;
    let keys: Vec<BoltType> = pages.iter().enumerate().map(|(n, page)| page.key(n, viewer.into())).collect();
    let rows = scope.read::<Row>(cypher!("accounts/sessions_of_viewer").bind("keys", keys)).await?;
    Ok(rows.into_iter().filter_map(|row| Some((pages.get(row.n)?.clone(), row.items))).collect())
}

/// The row of a statement that changes a session; none if another has ended the session meanwhile.
async fn unless_gone<R: serde::de::DeserializeOwned>(scope: &Scope, statement: Statement) -> Result<Option<R>> {
    match scope.write::<R>(statement).await {
        Ok(mut rows) => Ok(rows.pop()),
        Err(error) if GraphError::is_gone(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
