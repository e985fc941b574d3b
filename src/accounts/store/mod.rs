//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod access_tokens;
mod credentials;
mod users;

pub(super) use access_tokens::{MadeToken, WantedToken, access_tokens, create_access_token, revoke_access_token};
pub(super) use credentials::{password_of, record, sign_in};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
