//! The statements of `cypher/accounts/` and their rows. No other folder names them.

mod access_tokens;
mod addresses;
mod avatar;
mod credentials;
mod identities;
mod passwords;
mod personal;
mod platform_roles;
mod profile;
mod sessions;
mod sign_in_attempts;
mod users;

pub(super) use access_tokens::{MadeToken, WantedToken, access_tokens, create_access_token, revoke_access_token};
pub(super) use addresses::{Verified, request_change_of_email, request_verification, verify_email};
pub(super) use avatar::{Avatar, avatars_by_users, begin_avatar, complete_avatar, pending_avatar, remove_avatar};
pub(super) use credentials::{password_of, record, sign_in};
pub(super) use identities::{
    Account, Linked, NewIdentity, NewcomerAccount, Used, account_by_email, identities_by_users, identity_of,
    link_identity, register_with_identity, sign_in_with_identity, unlink_identity, use_identity,
};
pub(super) use passwords::{OwnPassword, change_password, own_password, request_reset, reset_password, resettable};
pub(super) use personal::{update_address, update_legal_person};
pub(super) use platform_roles::{Revoked, RoleHolderRow, grant_platform_role, platform_roles, revoke_platform_role};
pub(super) use profile::{Written, update_profile};
pub(super) use sessions::{
    Refreshed, end_all_sessions, end_session_of_token, end_session_of_viewer, refresh_session, sessions_of_viewer,
};
pub(super) use sign_in_attempts::{
    Attempt, LinkCode, TakenAttempt, begin_attempt, create_link_code, create_login_code, open_link_ticket,
    sweep_sign_ins, take_attempt, take_link_code, take_login_code,
};
pub(super) use users::{NewAccount, Taken, register, user_by_handle, users_by_ids, viewer};
