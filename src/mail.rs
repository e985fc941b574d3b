//! Mail to people: handed to a queue, so that no answer waits for a mail server, or tells by its time whether a
//! mail was sent.

use std::path::PathBuf;
use std::sync::Arc;

use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncFileTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::mpsc;
use tracing::{error, info};

use crate::error::{Error, Result};

/// The most mails that wait to be sent.
const MAX_QUEUED: usize = 1_000;

/// Why no mails can be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailFailure {
    /// The sender is no address.
    #[error("SEEKA_MAIL_FROM is {0:?}, which is not of the form Name <address>")]
    From(String),
    /// The folder for mails cannot be made.
    #[error("the folder for mails {folder} cannot be made: {source}")]
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

/// The way to people's mailboxes. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    queue: mpsc::Sender<Message>,
    from: Arc<Mailbox>,
}

impl Mailer {
    /// Writes mails into a folder, each as a file.
    ///
    /// # Errors
    /// When the sender is no address, or the folder cannot be made.
    pub fn into_folder(from: &str, folder: PathBuf) -> std::result::Result<Self, MailFailure> {
        let from = from.parse().map_err(|_| MailFailure::From(from.to_owned()))?;
        std::fs::create_dir_all(&folder).map_err(|source| MailFailure::Folder { folder: folder.clone(), source })?;
        let (queue, mut queued) = mpsc::channel::<Message>(MAX_QUEUED);
        tokio::spawn(async move {
            let transport = AsyncFileTransport::<Tokio1Executor>::new(&folder);
            while let Some(message) = queued.recv().await {
                match transport.send(message).await {
                    Ok(name) => info!(file = %folder.join(format!("{name}.eml")).display(), "wrote a mail"),
                    Err(error) => error!(%error, "a mail was not written"),
                }
            }
        });
        Ok(Self { queue, from: Arc::new(from) })
    }

    /// Takes a mail on; it is sent soon, and not before this returns.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` when too many wait already.
    pub fn send(&self, mail: Mail) -> Result<()> {
        let to = mail.to.parse().map_err(Error::internal)?;
        let message = Message::builder()
            .from(Mailbox::clone(&self.from))
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(Error::internal)?;
        self.queue.try_send(message).map_err(|_| Error::Busy(std::time::Duration::from_secs(1)))
    }
}
