mod access_tokens;
mod registration;
mod sign_in;

use async_graphql::MergedObject;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(registration::Registration, sign_in::SignIn, access_tokens::AccessTokens);
