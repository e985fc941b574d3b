use super::Mailer;
use crate::auth::Opaque;

/// A page of the frontend that a mail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Hands the token to `verifyEmail`.
    VerifyEmail,
    /// Asks for a new password and hands it with the token to `resetPassword`.
    ResetPassword,
    /// Hands the token to `acceptInvitation`.
    AcceptInvitation,
}

impl Page {
    fn path(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::AcceptInvitation => "accept-invitation",
        }
    }
}

impl Mailer {
    /// The address of a page with a token: `https://seeka.example/verify-email?token=…`. A token needs no escapes.
    #[must_use]
    pub fn link(&self, page: Page, token: &Opaque) -> String {
        format!("{}/{}?token={}", self.frontend, page.path(), token.expose())
    }
}
