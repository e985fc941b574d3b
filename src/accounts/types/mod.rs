mod session;
mod user;
mod viewer;

pub(crate) use session::Session;
pub(crate) use user::User;
pub(crate) use viewer::Viewer;
