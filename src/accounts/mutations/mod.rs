mod access_tokens;
mod identities;
mod platform_roles;
mod refresh;
mod registration;
mod sign_in;
mod sign_out;

use async_graphql::MergedObject;

pub(super) use registration::DISPLAY_NAME;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    access_tokens::AccessTokens,
    identities::Identities,
    platform_roles::PlatformRolesMutations,
    refresh::Refresh,
    registration::Registration,
    sign_in::SignIn,
    sign_out::SignOut,
);
