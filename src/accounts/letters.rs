//! What mails about accounts say.

use crate::auth::Opaque;
use crate::mail::{Mail, Mailer, Page};

/// To somebody who has registered.
pub(super) fn welcome(mailer: &Mailer, to: &str, token: &Opaque) -> Mail {
    let link = mailer.link(Page::VerifyEmail, token);
    letter(
        to,
        "Welcome to Seeka",
        &format!(
            "Welcome to Seeka!\n\n{}\n\nIf you have not registered, ignore this mail.",
            way("Please confirm that this is your address", &link, token, "within seven days")
        ),
    )
}

/// To somebody who wants their address verified.
pub(super) fn verification(mailer: &Mailer, to: &str, token: &Opaque) -> Mail {
    let link = mailer.link(Page::VerifyEmail, token);
    let way = way("Please confirm that this is your address", &link, token, "within seven days");
    letter(to, "Confirm your address", &format!("{way}\n\nIf you have not asked for this, ignore this mail."))
}

/// To a new address of somebody.
pub(super) fn change_of_address(mailer: &Mailer, to: &str, token: &Opaque) -> Mail {
    let link = mailer.link(Page::VerifyEmail, token);
    let way = way("To use this address for your account from now on, confirm it", &link, token, "within a day");
    letter(to, "Confirm your new address", &format!("{way}\n\nIf you have not asked for this, ignore this mail."))
}

/// To the former address of somebody.
pub(super) fn address_changed(to: &str) -> Mail {
    letter(
        to,
        "Your address was changed",
        "Your account at Seeka has another address now, and mails go there.\n\n\
         If that was not you, please tell us.",
    )
}

/// To somebody who cannot sign in any more, as they say.
pub(super) fn password_reset(mailer: &Mailer, to: &str, token: &Opaque) -> Mail {
    let link = mailer.link(Page::ResetPassword, token);
    let way = way("To choose a new password", &link, token, "within an hour");
    letter(
        to,
        "A new password",
        &format!("{way}\n\nIf you have not asked for this, ignore this mail: your password stays as it is."),
    )
}

/// To somebody whose password is another one now.
pub(super) fn password_changed(to: &str) -> Mail {
    letter(
        to,
        "Your password was changed",
        "The password of your account at Seeka was changed, and other devices were signed out.\n\n\
         If that was not you, ask for a new password at once: only who reads your mails can set it.",
    )
}

/// To somebody who can sign in with an identity provider from now on.
pub(super) fn identity_linked(to: &str, provider: &str) -> Mail {
    letter(
        to,
        "Another way to sign in",
        &format!(
            "Your account at Seeka can be signed in to with {provider} from now on.\n\n\
             If that was not you, remove it from your account and choose a new password at once."
        ),
    )
}

/// To somebody for whom an access token was made.
pub(super) fn access_token_created(to: &str) -> Mail {
    letter(
        to,
        "A new access token",
        "An access token was made for your account at Seeka: a program can sign in with it.\n\n\
         If that was not you, choose a new password at once: that ends it.",
    )
}

fn letter(to: &str, subject: &str, text: &str) -> Mail {
    Mail { to: to.to_owned(), subject: subject.to_owned(), text: format!("{text}\n") }
}

/// What to open, and what to enter where that does not work. Both stand on lines of their own.
fn way(what: &str, link: &str, token: &Opaque, until: &str) -> String {
    format!("{what} {until}:\n\n{link}\n\nOr enter this token:\n\n{}", token.expose())
}
