//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod access_tokens;
mod credentials;
mod platform_roles;
mod sessions;
mod users;

pub(super) use access_tokens::{MadeToken, WantedToken, access_tokens, create_access_token, revoke_access_token};
pub(super) use credentials::{password_of, record, sign_in};
pub(super) use platform_roles::{Revoked, RoleHolderRow, grant_platform_role, platform_roles, revoke_platform_role};
pub(super) use sessions::{
    Refreshed, end_all_sessions, end_session_of_token, end_session_of_viewer, refresh_session, sessions_of_viewer,
};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
