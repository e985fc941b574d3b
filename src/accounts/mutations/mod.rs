mod identities;
mod registration;
mod sign_in;

use async_graphql::MergedObject;

pub(super) use registration::DISPLAY_NAME;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(identities::Identities, registration::Registration, sign_in::SignIn);
