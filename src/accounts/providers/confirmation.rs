//! The mail that confirms the address of an account which a provider has not confirmed.

use crate::auth::Opaque;
use crate::error::Result;
use crate::mail::{Mail, Mailer};

/// What confirms an address.
pub(super) struct Confirmation(Opaque);

impl Confirmation {
    pub(super) fn generate() -> Result<Self> {
        Opaque::generate().map(Self)
    }

    /// What the account keeps of it.
    pub(super) fn hash(&self) -> String {
        self.0.hash()
    }

    /// Sends it to the address.
    pub(super) fn send(&self, mailer: &Mailer, email: &str) -> Result<()> {
        mailer.send(Mail {
            to: email.to_owned(),
            subject: "Confirm your address".to_owned(),
            text: format!(
                "Welcome to Seeka!\n\nConfirm your address with this token: {}\n\nIf you have not registered, ignore this \
                 mail.\n",
                self.0.expose()
            ),
        })
    }
}
