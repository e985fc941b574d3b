mod access_tokens;
mod address;
mod confirmation;
mod identities;
mod password;
mod platform_roles;
mod refresh;
mod registration;
mod sign_in;
mod sign_out;

use async_graphql::MergedObject;

use confirmation::confirmed_password;
pub(super) use registration::DISPLAY_NAME;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    access_tokens::AccessTokens,
    address::AddressMutations,
    identities::Identities,
    password::PasswordMutations,
    platform_roles::PlatformRolesMutations,
    refresh::Refresh,
    registration::Registration,
    sign_in::SignIn,
    sign_out::SignOut,
);
