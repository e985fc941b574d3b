use async_graphql::Enum;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::opaque::is_secret;
use super::{Opaque, PlatformRole, SignedIn, SignedInBy, hash_of};
use crate::cypher;
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::id::{AccessTokenId, UserId};

/// What every access token begins with, so that programs that look for leaked secrets find it.
pub const ACCESS_TOKEN_PREFIX: &str = "skp_";
/// How exactly it is kept when an access token was last used: writing it down for each request would be a write for
/// each read.
const LAST_USE_PRECISION: TimeDelta = TimeDelta::hours(1);

/// What an access token may be used for. What is open to everybody needs none of these, and what decides about the
/// account itself (passwords, sessions, tokens, roles, deletion) is closed to all of them: sign in for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessTokenScope {
    /// Reads what only you can see of your account, by `viewer`.
    ProfileRead,
    /// Changes your profile and whom and what you follow. Includes `PROFILE_READ`.
    ProfileWrite,
    /// Reads what your role lets you see of your tenants, such as drafts, members and the audit trail.
    TenantRead,
    /// Changes your tenants, as far as your role there goes, but not who owns them. Includes `TENANT_READ`.
    TenantWrite,
    /// Reads what your role on the platform lets you see, as an operator or a data scientist. Without it, a token has
    /// no such role.
    PlatformRead,
}

impl AccessTokenScope {
    /// The name that stands in the graph: that of the schema.
    #[must_use]
    pub fn name(self) -> String {
        async_graphql::resolver_utils::enum_value(self).to_string()
    }

    /// Whether a token with this scope may do what needs `other`.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        self == other
            || matches!((self, other), (Self::ProfileWrite, Self::ProfileRead) | (Self::TenantWrite, Self::TenantRead))
    }

    /// What somebody reads whose token has no such scope.
    #[must_use]
    pub fn refusal(self) -> &'static str {
        match self {
            Self::ProfileRead => "this needs an access token with the scope PROFILE_READ",
            Self::ProfileWrite => "this needs an access token with the scope PROFILE_WRITE",
            Self::TenantRead => "this needs an access token with the scope TENANT_READ",
            Self::TenantWrite => "this needs an access token with the scope TENANT_WRITE",
            Self::PlatformRead => "this needs an access token with the scope PLATFORM_READ",
        }
    }
}

/// A fresh access token: shown to its owner once, and kept as its hash.
pub struct NewAccessToken(String);

impl NewAccessToken {
    /// A token that nobody has.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self> {
        Ok(Self(format!("{ACCESS_TOKEN_PREFIX}{}", Opaque::generate()?.expose())))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> String {
        hash_of(&self.0)
    }

    /// The token itself.
    #[must_use]
    pub fn expose(self) -> String {
        self.0
    }
}

/// An access token as somebody presents it. It has the right form; whether it was ever given out, the graph knows.
pub struct PresentedToken {
    hash: String,
}

impl PresentedToken {
    /// Reads the text of a bearer token; `None` if it is something else, such as a JSON Web Token.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it begins like an access token and cannot be one.
    pub fn read(text: &str) -> Result<Option<Self>> {
        let Some(secret) = text.strip_prefix(ACCESS_TOKEN_PREFIX) else { return Ok(None) };
        if is_secret(secret) { Ok(Some(Self { hash: hash_of(text) })) } else { Err(refused()) }
    }

    /// Whose token it is and what it may be used for, by one statement, which also writes down that it was used, at
    /// most once an hour.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it was never given out, has expired or was revoked, or when the account is gone.
    pub async fn look_up(&self, graph: &Graph, now: DateTime<Utc>) -> Result<SignedIn> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Row {
            id: AccessTokenId,
            user: UserId,
            scopes: Vec<AccessTokenScope>,
            roles: Vec<PlatformRole>,
        }
        let statement = cypher!("platform/access_token")
            .bind("hash", self.hash.as_str())
            .bind("now", now)
            .bind("usedBefore", now - LAST_USE_PRECISION);
        let Row { id, user, scopes, roles } = graph.write_again::<Row>(statement).await?.pop().ok_or_else(refused)?;
        let roles = if scopes.contains(&AccessTokenScope::PlatformRead) { roles } else { Vec::new() };
        Ok(SignedIn { id: user, by: SignedInBy::AccessToken { id, scopes }, roles })
    }
}

fn refused() -> Error {
    Error::Unauthenticated("the access token is wrong, has expired or was revoked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_token_is_refused_without_asking() {
        let token = NewAccessToken::generate().map(NewAccessToken::expose).unwrap_or_default();
        assert!(PresentedToken::read(&token).is_ok_and(|token| token.is_some()));
        for other in ["", "skp", "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"] {
            assert!(PresentedToken::read(other).is_ok_and(|token| token.is_none()), "{other}");
        }
        let secret = &token[ACCESS_TOKEN_PREFIX.len()..];
        for wrong in ["", "a", &secret[1..], &format!("{secret}A"), &format!("{}+", &secret[1..]), &"é".repeat(22)] {
            assert!(PresentedToken::read(&format!("skp_{wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_may_write_may_read_the_same() {
        use AccessTokenScope::{PlatformRead, ProfileRead, ProfileWrite, TenantRead, TenantWrite};
        let all = [ProfileRead, ProfileWrite, TenantRead, TenantWrite, PlatformRead];
        let included: Vec<_> =
            all.iter().map(|scope| all.iter().filter(|other| scope.includes(**other)).count()).collect();
        assert_eq!(included, [1, 2, 1, 2, 1]);
        assert!(ProfileWrite.includes(ProfileRead) && TenantWrite.includes(TenantRead));
    }
}
