//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod addresses;
mod credentials;
mod passwords;
mod users;

pub(super) use addresses::{Verified, request_change_of_email, request_verification, verify_email};
pub(super) use credentials::{password_of, record, sign_in};
pub(super) use passwords::{OwnPassword, change_password, own_password, request_reset, reset_password, resettable};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
