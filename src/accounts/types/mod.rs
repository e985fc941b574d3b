mod user;
mod viewer;

pub(crate) use user::User;
pub(crate) use viewer::Viewer;
