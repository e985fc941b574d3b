//! The parameters of statements: what a batch binds to `$rows`.

pub(super) mod catalogue;
pub(super) mod community;
