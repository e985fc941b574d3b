mod access_token;
mod identity;
mod personal;
mod session;
mod user;
mod viewer;

pub(crate) use access_token::AccessToken;
pub(crate) use identity::{Identity, IdentityProvider};
pub(crate) use personal::{Address, LegalPerson};
pub(crate) use session::Session;
pub use user::{ProfileLink, User};
pub(crate) use viewer::{HistoryVisibility, Viewer};
