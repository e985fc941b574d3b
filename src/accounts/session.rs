//! The tokens of a session: a JSON Web Token to ask with, an opaque one to get the next with.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use neo4rs::BoltType;

use crate::auth::{Keys, Opaque, PlatformRole, SignedIn, SignedInBy};
use crate::config::{AccountsConfig, SessionsConfig};
use crate::error::Result;
use crate::graph::{Statement, map};
use crate::id::{SessionId, UserId};
use crate::scope::{Scope, or_null};
use crate::time::Timestamp;

/// How many refresh tokens of a session are remembered that were used within the grace. One that is forgotten counts as
/// an old one and ends the session, so this is more than a session may use at once by
/// [`AttemptsConfig::tokens_per_account`](crate::config::AttemptsConfig).
const MAX_PAST_TOKENS: i64 = 64;
/// The longest refresh token that is looked at, in bytes. Ours are shorter.
const MAX_TOKEN_BYTES: usize = 256;

/// How sessions are made.
#[derive(Clone)]
pub struct SessionSettings {
    keys: Arc<Keys>,
    access_lifetime: Duration,
    lifetime: TimeDelta,
    grace: TimeDelta,
    max_sessions: i64,
}

impl SessionSettings {
    /// Sessions whose access tokens `keys` sign.
    #[must_use]
    pub fn new(config: &AccountsConfig, sessions: &SessionsConfig, keys: Arc<Keys>) -> Self {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            keys,
            access_lifetime: Duration::from_secs(config.access_token_seconds),
            lifetime: TimeDelta::try_days(number(config.session_days)).unwrap_or(TimeDelta::MAX),
            grace: TimeDelta::try_milliseconds(number(sessions.refresh_grace_ms)).unwrap_or(TimeDelta::MAX),
            max_sessions: number(sessions.max_sessions),
        }
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
pub(super) struct RefreshToken {
    session: SessionId,
    family: Opaque,
    rotation: Opaque,
}

impl RefreshToken {
    /// A token as somebody presents it, if it has the form of one.
    pub(super) fn presented(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.').filter(|_| text.len() <= MAX_TOKEN_BYTES);
        let (session, family, rotation) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let token = Self { session, family: Opaque::presented(family), rotation: Opaque::presented(rotation) };
        parts.next().is_none().then_some(token)
    }

    /// The session that it names.
    pub(super) fn session(&self) -> SessionId {
        self.session
    }

    /// What is kept of the family's secret. Nobody else can name it, so attempts are counted by it.
    pub(super) fn family_hash(&self) -> String {
        self.family.hash()
    }

    /// What is kept of the secret that changes.
    pub(super) fn token_hash(&self) -> String {
        self.rotation.hash()
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.session, self.family.expose(), self.rotation.expose())
    }
}

/// A session that is about to begin, or to go on.
pub(super) struct NewSession {
    token: RefreshToken,
    expires_at: DateTime<Utc>,
    max_sessions: i64,
}

impl NewSession {
    /// A session as the request wants it.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub(super) fn begin(scope: &Scope, settings: &SessionSettings) -> Result<Self> {
        let token =
            RefreshToken { session: SessionId::generate(), family: Opaque::generate()?, rotation: Opaque::generate()? };
        Ok(Self::with(token, scope, settings))
    }

    /// The session of a token that is used now, with the next one.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub(super) fn go_on(used: &RefreshToken, scope: &Scope, settings: &SessionSettings) -> Result<Self> {
        let (session, family) = (used.session, used.family.clone());
        Ok(Self::with(RefreshToken { session, family, rotation: Opaque::generate()? }, scope, settings))
    }

    fn with(token: RefreshToken, scope: &Scope, settings: &SessionSettings) -> Self {
        let expires_at = scope.now().checked_add_signed(settings.lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self { token, expires_at, max_sessions: settings.max_sessions }
    }

    /// Binds what a statement needs that begins the session: `$session`, the properties of its node, and
    /// `$maxSessions`. See `cypher/accounts/README.md`.
    pub(super) fn bind(&self, scope: &Scope, statement: Statement) -> Statement {
        statement.bind("session", self.properties(scope)).bind("maxSessions", self.max_sessions)
    }

    /// Binds what the statement needs that lets the session go on after `used`.
    pub(super) fn bind_after(
        &self,
        used: &RefreshToken,
        scope: &Scope,
        settings: &SessionSettings,
        statement: Statement,
    ) -> Statement {
        let grace_since = scope.now().checked_sub_signed(settings.grace).unwrap_or(DateTime::<Utc>::MIN_UTC);
        statement
            .bind("id", used.session)
            .bind("familyHash", used.family_hash())
            .bind("usedHash", used.token_hash())
            .bind("nextHash", self.token.token_hash())
            .bind("expiresAt", self.expires_at)
            .bind("address", scope.client().address.to_string())
            .bind("userAgent", or_null(scope.client().user_agent.as_deref()))
            .bind("graceSince", grace_since)
            .bind("maxPast", MAX_PAST_TOKENS)
            .bind("maxSessions", self.max_sessions)
    }

    /// The properties of its node.
    fn properties(&self, scope: &Scope) -> BoltType {
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

    /// Its tokens of now.
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
