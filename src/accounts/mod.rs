//! Accounts: people join, sign in, and decide what others see of them.
//!
//! A `(:User)` has credentials (a password), sessions (one for each device) and a profile. A session gives out access
//! tokens of some minutes, which [`crate::auth`] checks without the graph, and a refresh token that changes with each
//! use. Mails go out through [`crate::mail`]; every act that matters for security is an event.

mod access_tokens;
mod deletion;
mod email;
mod formats;
mod handle;
mod letters;
mod loaders;
mod mutations;
mod password;
mod platform_roles;
mod proof;
mod providers;
mod queries;
mod session;
mod store;
mod types;

pub use deletion::{DeletionSettings, start_sweeper};
pub use loaders::AccountsLoaders;
pub use mutations::AccountsMutations;
pub use password::Passwords;
pub use platform_roles::PlatformRoles;
pub use providers::{Arrival, Departure, IdentityProviders, Sent};
pub use queries::AccountsQueries;
pub use session::SessionSettings;
pub use types::{ProfileLink, User};

pub(crate) use email::normalised as normalised_email;
pub(crate) use formats::{language, web_address};
pub(crate) use handle::Handle;
pub(crate) use loaders::{loaders, present_user};

/// Below which key the pictures of a user lie.
pub(crate) fn avatar_folder(user: crate::id::UserId) -> String {
    format!("avatars/{user}/")
}
