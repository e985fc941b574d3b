//! Proofs of an address: a token that only who reads its mails can know.
//!
//! `(:User)-[:HAS_PROOF]->(:EmailProof {kind, hash, email, createdAt, expiresAt})`. A user has at most one of each
//! kind: a newer one takes the place of the older. Each is used once.

use chrono::{DateTime, TimeDelta, Utc};
use neo4rs::BoltType;

use crate::auth::Opaque;
use crate::error::Result;
use crate::graph::map;
use crate::scope::Scope;

/// How long the address of an account can be verified, in days; another mail can be asked for.
const VERIFICATION_DAYS: i64 = 7;
/// How long a new password can be set after it was asked for, in hours.
const RESET_HOURS: i64 = 1;
/// How long a new address can be verified, in hours.
const CHANGE_HOURS: i64 = 24;

/// What a proof is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProofKind {
    /// To verify the address of the account.
    Verify,
    /// To set a new password.
    Reset,
    /// To give the account another address.
    Change,
}

impl ProofKind {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "VERIFY",
            Self::Reset => "RESET",
            Self::Change => "CHANGE",
        }
    }

    fn lifetime(self) -> TimeDelta {
        match self {
            Self::Verify => TimeDelta::days(VERIFICATION_DAYS),
            Self::Reset => TimeDelta::hours(RESET_HOURS),
            Self::Change => TimeDelta::hours(CHANGE_HOURS),
        }
    }
}

/// A proof that is about to be asked for.
pub(super) struct NewProof {
    kind: ProofKind,
    /// Goes to the address, and nowhere else.
    pub(super) token: Opaque,
    expires_at: DateTime<Utc>,
}

impl NewProof {
    /// A proof with a fresh token.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub(super) fn begin(scope: &Scope, kind: ProofKind) -> Result<Self> {
        let expires_at = scope.now().checked_add_signed(kind.lifetime()).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(Self { kind, token: Opaque::generate()?, expires_at })
    }

    /// The properties of its node, but for the address.
    pub(super) fn properties(&self, scope: &Scope) -> BoltType {
        map([
            ("kind", self.kind.name().into()),
            ("hash", self.token.hash().into()),
            ("createdAt", scope.now().into()),
            ("expiresAt", self.expires_at.into()),
        ])
    }
}
