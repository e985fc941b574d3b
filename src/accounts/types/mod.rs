mod access_token;
mod session;
mod user;
mod viewer;

pub(crate) use access_token::AccessToken;
pub(crate) use session::Session;
pub(crate) use user::User;
pub(crate) use viewer::Viewer;
