//! The tokens of a session: a JSON Web Token to ask with, an opaque one to get the next with.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use neo4rs::BoltType;

use crate::auth::{Keys, Opaque, PlatformRole, SignedIn, SignedInBy};
use crate::config::AccountsConfig;
use crate::error::Result;
use crate::graph::map;
use crate::id::{SessionId, UserId};
use crate::scope::{Scope, or_null};
use crate::time::Timestamp;

/// How sessions are made.
#[derive(Clone)]
pub struct SessionSettings {
    keys: Arc<Keys>,
    access_lifetime: Duration,
    lifetime: TimeDelta,
}

impl SessionSettings {
    /// Sessions whose access tokens `keys` sign.
    #[must_use]
    pub fn new(config: &AccountsConfig, keys: Arc<Keys>) -> Self {
        let days = i64::try_from(config.session_days).unwrap_or(i64::MAX);
        let lifetime = TimeDelta::try_days(days).unwrap_or(TimeDelta::MAX);
        Self { keys, access_lifetime: Duration::from_secs(config.access_token_seconds), lifetime }
    }
}

/// What a client signs its requests with.
#[derive(Debug, SimpleObject)]
pub(crate) struct Tokens {
    /// Goes into the header `Authorization: Bearer …` of each request.
    pub(crate) access_token: String,
    /// Until when the access token holds: some minutes.
    pub(crate) access_token_expires_at: Timestamp,
    /// Give it to `refreshSession` for the next two tokens; it can be used once. Keep it where no script of others
    /// can read it.
    pub(crate) refresh_token: String,
    /// Until when the refresh token holds, unless the session is ended before.
    pub(crate) refresh_token_expires_at: Timestamp,
}

/// A refresh token: the session, a secret that all refresh tokens of the session share, and one that changes with
/// each use. Whoever holds the first and not the second holds a token that was used already.
struct RefreshToken {
    session: SessionId,
    family: Opaque,
    rotation: Opaque,
}

impl RefreshToken {
    fn text(&self) -> String {
        format!("{}.{}.{}", self.session, self.family.expose(), self.rotation.expose())
    }
}

/// A session that is about to begin.
pub(super) struct NewSession {
    token: RefreshToken,
    expires_at: DateTime<Utc>,
}

impl NewSession {
    /// A session as the request wants it.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub(super) fn begin(scope: &Scope, settings: &SessionSettings) -> Result<Self> {
        let token =
            RefreshToken { session: SessionId::generate(), family: Opaque::generate()?, rotation: Opaque::generate()? };
        let expires_at = scope.now().checked_add_signed(settings.lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(Self { token, expires_at })
    }

    /// The properties of its node.
    pub(super) fn properties(&self, scope: &Scope) -> BoltType {
        map([
            ("id", self.token.session.into()),
            ("createdAt", scope.now().into()),
            ("lastUsedAt", scope.now().into()),
            ("expiresAt", self.expires_at.into()),
            ("familyHash", self.token.family.hash().into()),
            ("tokenHash", self.token.rotation.hash().into()),
            ("address", scope.client().address.to_string().into()),
            ("userAgent", or_null(scope.client().user_agent.as_deref())),
        ])
    }

    /// Its first tokens.
    ///
    /// # Errors
    /// When they cannot be signed.
    pub(super) fn tokens(
        &self,
        scope: &Scope,
        settings: &SessionSettings,
        user: UserId,
        roles: Vec<PlatformRole>,
    ) -> Result<Tokens> {
        let user = SignedIn { id: user, by: SignedInBy::Session(self.token.session), roles };
        let issued = settings.keys.issue(&user, scope.now(), settings.access_lifetime)?;
        Ok(Tokens {
            access_token: issued.token,
            access_token_expires_at: Timestamp(issued.expires_at),
            refresh_token: self.token.text(),
            refresh_token_expires_at: Timestamp(self.expires_at),
        })
    }
}
