mod access_tokens;
mod platform_roles;
mod refresh;
mod registration;
mod sign_in;
mod sign_out;

use async_graphql::MergedObject;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    access_tokens::AccessTokens,
    platform_roles::PlatformRolesMutations,
    refresh::Refresh,
    registration::Registration,
    sign_in::SignIn,
    sign_out::SignOut,
);
