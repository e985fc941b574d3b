//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod avatar;
mod credentials;
mod personal;
mod profile;
mod users;

pub(super) use avatar::{Avatar, avatars_by_users, begin_avatar, complete_avatar, pending_avatar, remove_avatar};
pub(super) use credentials::{password_of, record, sign_in};
pub(super) use personal::{update_address, update_legal_person};
pub(super) use profile::{Written, update_profile};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
