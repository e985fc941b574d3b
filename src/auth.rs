//! Who asks: a token becomes a [`Viewer`].
//!
//! Access tokens are JSON Web Tokens (RFC 7519) that a session gives out for some minutes, sent as
//! `Authorization: Bearer …` (RFC 6750) and checked without asking anybody; see [`Keys`]. No token means an
//! anonymous viewer; a token that does not hold is an error and never silently anonymous.
//!
//! A personal access token (`skp_…`) is for programs: it lasts for months and can be revoked, so the graph is asked for
//! it with each request ([`PresentedToken`]), and it opens only what [`grants`] says.

mod access_token;
pub mod grants;
mod keys;
mod opaque;

use serde::{Deserialize, Serialize};

pub use access_token::{ACCESS_TOKEN_PREFIX, AccessTokenScope, NewAccessToken, PresentedToken};
pub use keys::{Issued, Keys, KeysFailure, PublicKey};
pub use opaque::{Opaque, hash_of};

use crate::error::{Error, Result};
use crate::id::{AccessTokenId, SessionId, UserId};

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who has not signed in.
    Anonymous,
    /// Somebody with an account.
    User(SignedIn),
}

/// Somebody with an account, as a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub id: UserId,
    /// How they signed in.
    pub by: SignedInBy,
    /// What the user may do on the platform as a whole.
    pub roles: Vec<PlatformRole>,
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedInBy {
    /// A session, which its owner can end.
    Session(SessionId),
    /// `seeka token`, by somebody who holds the keys of the platform.
    CommandLine,
    /// A personal access token, which its owner can revoke.
    AccessToken {
        /// The token.
        id: AccessTokenId,
        /// What it may be used for.
        scopes: Vec<AccessTokenScope>,
    },
}

impl Viewer {
    /// Whether the viewer has this role on the platform.
    #[must_use]
    pub fn has(&self, role: PlatformRole) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User(user) => user.roles.contains(&role),
        }
    }

    /// The user, if somebody has signed in.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody has.
    pub fn signed_in(&self) -> Result<&SignedIn> {
        match self {
            Self::Anonymous => Err(Error::Unauthenticated("sign in first")),
            Self::User(user) => Ok(user),
        }
    }

    /// The user, if it is an operator of the platform.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody has signed in, `FORBIDDEN` for everybody else.
    pub fn operator(&self) -> Result<&SignedIn> {
        let user = self.signed_in()?;
        let is_operator = user.roles.contains(&PlatformRole::Operator);
        is_operator.then_some(user).ok_or(Error::Forbidden("only operators of the platform may do this"))
    }
}

impl SignedIn {
    /// The session that the token belongs to, if it belongs to one.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self.by {
            SignedInBy::Session(id) => Some(id),
            SignedInBy::CommandLine | SignedInBy::AccessToken { .. } => None,
        }
    }

    /// The access token that the request was made with, if it was.
    #[must_use]
    pub fn access_token(&self) -> Option<AccessTokenId> {
        match self.by {
            SignedInBy::AccessToken { id, .. } => Some(id),
            SignedInBy::CommandLine | SignedInBy::Session(_) => None,
        }
    }

    /// Whether what needs `scope` may be done: who has signed in may do everything that is theirs, a program with an
    /// access token only what the token is for.
    ///
    /// # Errors
    /// `FORBIDDEN` when the access token has no such scope.
    pub fn allows(&self, scope: AccessTokenScope) -> Result<()> {
        match &self.by {
            SignedInBy::AccessToken { scopes, .. } if !scopes.iter().any(|held| held.includes(scope)) => {
                Err(Error::Forbidden(scope.refusal()))
            }
            _ => Ok(()),
        }
    }
}

/// A role that is not bound to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum, async_graphql::Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlatformRole {
    /// Runs the platform, and may see how a request was answered.
    Operator,
    /// Works on the graph itself.
    DataScientist,
}

impl PlatformRole {
    /// The name that stands in the graph and in tokens: that of the schema.
    #[must_use]
    pub fn name(self) -> String {
        async_graphql::resolver_utils::enum_value(self).to_string()
    }
}

/// The token of an `Authorization: Bearer …` header.
///
/// # Errors
/// `UNAUTHENTICATED` when the header has another form.
pub fn bearer(header: &[u8]) -> Result<&str> {
    let token = std::str::from_utf8(header).ok().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.ok_or(Error::Unauthenticated("the Authorization header is not of the form Bearer <token>"))
}
