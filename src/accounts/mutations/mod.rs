mod platform_roles;
mod refresh;
mod registration;
mod sign_in;
mod sign_out;

use async_graphql::MergedObject;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    registration::Registration,
    sign_in::SignIn,
    refresh::Refresh,
    sign_out::SignOut,
    platform_roles::PlatformRolesMutations,
);
