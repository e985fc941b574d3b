use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::id::IdentityId;
use crate::time::Timestamp;

/// A way to sign in: the user as an identity provider knows them.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    /// Identifies the identity; `unlinkIdentity` takes it.
    pub(crate) id: IdentityId,
    /// The name of the provider, as in `identityProviders`.
    pub(crate) provider: String,
    /// The address that the provider has of the user.
    pub(crate) email: Option<String>,
    /// Whether the provider has confirmed that address.
    pub(crate) email_verified: bool,
    /// When it was linked.
    pub(crate) created_at: Timestamp,
    /// When the user last signed in with it.
    pub(crate) last_used_at: Timestamp,
}

/// Somebody else with whom people can sign in.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct IdentityProvider {
    /// Names the provider in mutations.
    pub(crate) name: String,
    /// Its name as people know it, for a button.
    pub(crate) display_name: String,
    /// Where a browser goes to sign in: append `?return_to=` with the address of the page that it shall come back to, and
    /// `&challenge=` with the SHA-256 hash, in URL-safe base 64, of a random secret that the page keeps. It comes back
    /// there with `login_code`, for `redeemLoginCode`, or with `login_error`.
    pub(crate) start_url: String,
}
