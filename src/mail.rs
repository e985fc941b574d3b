//! Mail to people: handed over to be sent soon, so that no answer waits for a mail server, or tells by its time
//! whether a mail was sent.
//!
//! Mails go to the server of `SMTP_URL`, or into a folder where none is configured. What a server does not take is
//! tried again some times and then given up on, with an error in the log. Neither the log nor an error ever holds
//! what a mail says or where it goes.

mod delivery;
mod link;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::{Body, Mailbox, header::ContentTransferEncoding, header::ContentType};
use lettre::{AsyncSmtpTransport, Message, Tokio1Executor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{error, info};
use ulid::Ulid;
use url::Url;

pub use delivery::SendFailure;
pub use link::Page;

use crate::config::MailConfig;
use crate::error::{Error, Result};
use crate::telemetry::{MailOutcome, Metrics};
use delivery::{Delivery, Way};

/// The most mails that wait to be sent.
const MAX_WAITING: u32 = 1_000;
/// How soon to come back when that many wait.
const COME_BACK: Duration = Duration::from_secs(1);
/// The longest line of a mail that is sent as it is, in bytes (RFC 5322, section 2.1.1).
const MAX_LINE_BYTES: usize = 998;
/// Only the owner may read mails: they hold tokens.
const FOLDER_MODE: u32 = 0o700;

/// Why no mails can be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailFailure {
    /// The sender is no address.
    #[error("SEEKA_MAIL_FROM is {0:?}, which is not of the form Name <address>")]
    From(String),
    /// The address of the mail server cannot be used.
    #[error("SMTP_URL cannot be used: {0}")]
    Server(#[source] lettre::transport::smtp::Error),
    /// There is no mail server, and the folder for mails cannot be made.
    #[error("SMTP_URL is not set, and the folder for mails {folder} cannot be made: {source}; set SMTP_URL")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A mail of plain text.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The address it goes to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// How mails are sent.
pub struct MailSettings {
    from: Mailbox,
    frontend: String,
    way: Way,
}

impl MailSettings {
    /// Reads and tries what `config` says, without asking a mail server anything. Links begin with `home` unless it
    /// says otherwise; `folder` takes the mails when there is no server.
    ///
    /// # Errors
    /// When the sender is no address, the server's address is none, or the folder cannot be made.
    pub fn new(config: &MailConfig, home: &str, folder: PathBuf) -> std::result::Result<Self, MailFailure> {
        let from = config.from.parse().map_err(|_| MailFailure::From(config.from.clone()))?;
        let way = if let Some(url) = config.smtp_url() {
            let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose());
            Way::to_server(server.map_err(MailFailure::Server)?)
        } else {
            let made = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&folder);
            made.map_err(|source| MailFailure::Folder { folder: folder.clone(), source })?;
            info!(folder = %folder.display(), "SMTP_URL is not set: mails are written to a folder");
            Way::to_folder(folder)
        };
        let frontend = config.frontend_url.as_ref().map_or(home, Url::as_str).trim_end_matches('/').to_owned();
        Ok(Self { from, frontend, way })
    }
}

/// The way to people's mailboxes. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    places: Arc<Semaphore>,
    delivery: Arc<Delivery>,
    from: Arc<Mailbox>,
    frontend: Arc<str>,
    metrics: Arc<Metrics>,
}

impl Mailer {
    /// Sends in the way of `settings`, and counts in `metrics` what comes of it.
    #[must_use]
    pub fn new(settings: MailSettings, metrics: Arc<Metrics>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(usize::try_from(MAX_WAITING).unwrap_or(usize::MAX))),
            delivery: Arc::new(Delivery::new(settings.way, Arc::clone(&metrics))),
            from: Arc::new(settings.from),
            frontend: settings.frontend.into(),
            metrics,
        }
    }

    /// Takes a mail on that tells of something that is done already, and whose answer must not be lost for it: where it
    /// cannot be sent, the log says so.
    pub fn send_or_log(&self, mail: Mail) {
        match self.place().and_then(|place| place.prepare(mail)) {
            Ok(prepared) => prepared.send(),
            Err(error) => error!(%error, "a mail is not sent"),
        }
    }

    /// Sends a mail at once, in a single attempt whose end is waited for: for those who try again by themselves. `id` is
    /// the same for each attempt and becomes the `Message-ID`, by which a mailbox knows what it has already.
    ///
    /// # Errors
    /// Why it was not sent.
    pub async fn attempt(&self, id: &str, mail: Mail) -> std::result::Result<(), SendFailure> {
        let message = self.message(id, mail);
        let message = message.map_err(|error| SendFailure { why: error.to_string(), is_final: true })?;
        let attempted = self.delivery.attempt(id, &message, &message.formatted()).await;
        self.metrics.mail(match &attempted {
            Ok(()) => MailOutcome::Sent,
            Err(SendFailure { is_final: false, .. }) => MailOutcome::Delayed,
            Err(SendFailure { is_final: true, .. }) => MailOutcome::GivenUp,
        });
        attempted
    }

    fn message(&self, id: &str, mail: Mail) -> Result<Message> {
        let to = mail.to.parse().map_err(Error::internal)?;
        let from = Mailbox::clone(&self.from);
        Message::builder()
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body(mail.text))
            .map_err(Error::internal)
    }

    /// A place for a mail, to be taken before something is done that the mail has to tell of.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` when too many wait already.
    pub fn place(&self) -> Result<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy(COME_BACK))?;
        Ok(Place { mailer: self.clone(), permit })
    }

    /// Waits until everything that was taken on is sent or given up on, for this time. What waits for another
    /// attempt has one more at once.
    pub async fn drain(&self, limit: Duration) {
        self.delivery.hurry();
        // Each mail gives its place back when it is done with.
        if tokio::time::timeout(limit, self.places.acquire_many(MAX_WAITING)).await.is_err() {
            let waiting =
                usize::try_from(MAX_WAITING).unwrap_or(usize::MAX).saturating_sub(self.places.available_permits());
            error!(mails = waiting, "mails are given up on, because the server stops");
        }
    }
}

/// A place among the mails that wait.
pub struct Place {
    mailer: Mailer,
    permit: OwnedSemaphorePermit,
}

impl Place {
    /// Writes the mail that takes the place.
    ///
    /// # Errors
    /// When it goes to no address.
    pub fn prepare(self, mail: Mail) -> Result<Prepared> {
        let id = Ulid::new().to_string().to_lowercase();
        let message = self.mailer.message(&id, mail)?;
        Ok(Prepared { id, message, place: self })
    }
}

/// A mail that is ready to be sent. Dropped, it is not.
pub struct Prepared {
    id: String,
    message: Message,
    place: Place,
}

impl Prepared {
    /// Has it sent soon, and does not wait for it.
    pub fn send(self) {
        let Self { id, message, place: Place { mailer, permit } } = self;
        tokio::spawn(async move {
            mailer.delivery.deliver(&id, &message).await;
            drop(permit);
        });
    }
}

/// A text as it stands where it can be, so that a link in a file of the folder is whole; encoded where it cannot.
fn body(text: String) -> Body {
    let plain =
        |line: &str| line.len() <= MAX_LINE_BYTES && line.chars().all(|character| (' '..='~').contains(&character));
    if text.split('\n').all(plain) {
        return Body::dangerous_pre_encoded(text.replace('\n', "\r\n").into_bytes(), ContentTransferEncoding::SevenBit);
    }
    // Every text can be quoted, so none comes back.
    Body::new_with_encoding(text, ContentTransferEncoding::QuotedPrintable).unwrap_or_else(Body::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_encoded_only_where_it_must_be() {
        let link = format!("https://seeka.example/verify-email?token={}", "a".repeat(100));
        let encoded = |text: &str| {
            let body = body(text.to_owned());
            (body.encoding(), String::from_utf8(body.into_vec()).unwrap_or_default())
        };
        let plain = format!("Hello!\r\n\r\n{link}\r\n");
        assert_eq!(encoded(&format!("Hello!\n\n{link}\n")), (ContentTransferEncoding::SevenBit, plain));
        let (encoding, text) = encoded(&format!("Hello Zo\u{eb}!\n{link}\n"));
        assert_eq!(encoding, ContentTransferEncoding::QuotedPrintable);
        assert!(text.starts_with("Hello Zo=C3=AB!\r\nhttps://") && text.ends_with("\r\n"), "{text}");
        for text in [format!("{}\n", "a".repeat(MAX_LINE_BYTES + 1)), "a\0b\n".to_owned(), "a\rb\n".to_owned()] {
            assert_ne!(encoded(&text).0, ContentTransferEncoding::SevenBit, "{text:?}");
        }
    }
}
