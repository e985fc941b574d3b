mod avatar;
mod personal;
mod profile;
mod registration;
mod sign_in;

use async_graphql::MergedObject;

use super::deletion::DeletionMutations;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    registration::Registration,
    sign_in::SignIn,
    profile::ProfileMutations,
    personal::PersonalMutations,
    avatar::AvatarMutations,
    DeletionMutations,
);
