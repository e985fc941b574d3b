//! Accounts: people join, sign in, and decide what others see of them.
//!
//! A `(:User)` has credentials (a password), sessions (one for each device) and a profile. A session gives out access
//! tokens of some minutes, which [`crate::auth`] checks without the graph, and a refresh token that changes with each
//! use. Mails go out through [`crate::mail`]; every act that matters for security is an event.

mod access_tokens;
mod email;
mod handle;
mod loaders;
mod mutations;
mod password;
mod platform_roles;
mod queries;
mod session;
mod store;
mod types;

pub use loaders::AccountsLoaders;
pub use mutations::AccountsMutations;
pub use password::Passwords;
pub use platform_roles::PlatformRoles;
pub use queries::AccountsQueries;
pub use session::SessionSettings;

pub(crate) use email::normalised as normalised_email;
pub(crate) use loaders::{loaders, present_user};
pub(crate) use types::User;
