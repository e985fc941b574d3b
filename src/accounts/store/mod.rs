//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod credentials;
mod users;

pub(super) use credentials::{password_of, record, sign_in};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
