mod access_tokens;
mod address;
mod avatar;
mod confirmation;
mod identities;
mod password;
mod personal;
mod platform_roles;
mod profile;
mod refresh;
mod registration;
mod sign_in;
mod sign_out;

use async_graphql::MergedObject;

use super::deletion::DeletionMutations;
pub(super) use confirmation::confirmed_password;
pub(super) use registration::DISPLAY_NAME;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    DeletionMutations,
    access_tokens::AccessTokens,
    address::AddressMutations,
    avatar::AvatarMutations,
    identities::Identities,
    password::PasswordMutations,
    personal::PersonalMutations,
    platform_roles::PlatformRolesMutations,
    profile::ProfileMutations,
    refresh::Refresh,
    registration::Registration,
    sign_in::SignIn,
    sign_out::SignOut,
);
