mod personal;
mod user;
mod viewer;

pub(crate) use personal::{Address, LegalPerson};
pub use user::{ProfileLink, User};
pub(crate) use viewer::{HistoryVisibility, Viewer};
