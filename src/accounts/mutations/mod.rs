mod address;
mod confirmation;
mod password;
mod registration;
mod sign_in;

use async_graphql::MergedObject;

use confirmation::confirmed_password;

/// What people do about their accounts.
#[derive(MergedObject, Default)]
pub struct AccountsMutations(
    registration::Registration,
    sign_in::SignIn,
    password::PasswordMutations,
    address::AddressMutations,
);
