mod identity;
mod user;
mod viewer;

pub(crate) use identity::{Identity, IdentityProvider};
pub(crate) use user::User;
pub(crate) use viewer::Viewer;
