use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::{AsyncSmtpTransportBuilder, response::Category};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::sync::{Semaphore, watch};
use tracing::{error, info, warn};

use crate::telemetry::{MailOutcome, Metrics};

/// The most mails that are sent at the same time, each over a connection of its own.
const MAX_AT_ONCE: usize = 4;
/// The limit of one attempt, from the connection to the last answer.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
/// How long a mail waits after each attempt that failed, before it is given up on. A server that knows nobody here
/// yet asks to come back after some minutes (RFC 6647).
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
];

/// Where mails go.
pub(super) enum Way {
    /// To a mail server.
    Server(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// Into a folder, each as a file.
    Folder(AsyncFileTransport<Tokio1Executor>, PathBuf),
}

impl Way {
    pub(super) fn to_server(server: AsyncSmtpTransportBuilder) -> Self {
        Self::Server(Box::new(server.timeout(Some(ATTEMPT_LIMIT)).build()))
    }

    pub(super) fn to_folder(folder: PathBuf) -> Self {
        Self::Folder(AsyncFileTransport::new(&folder), folder)
    }
}

/// Why an attempt failed, in words that hold no address: a server's answer often repeats it.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct SendFailure {
    pub(super) why: String,
    /// Whether another attempt would fail in the same way.
    pub is_final: bool,
}

impl From<lettre::transport::smtp::Error> for SendFailure {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        match error.status() {
            Some(code) => {
                // 55x speaks of the mail or its mailbox (RFC 5321, section 4.2.1). All else that a server calls
                // permanent, such as a refused sign-in, somebody may mend meanwhile.
                let is_final = error.is_permanent() && code.category == Category::MailSystem;
                Self { why: format!("the mail server answered {code}"), is_final }
            }
            None if error.is_response() => {
                Self { why: "the mail server's answer cannot be read".to_owned(), is_final: false }
            }
            // Of this side: the mail or the server cannot do what sending would take, such as an address that is not
            // ASCII (RFC 6531).
            None => Self { is_final: error.is_client(), why: error.to_string() },
        }
    }
}

/// Sends mails, with further attempts for those that fail.
pub(super) struct Delivery {
    way: Way,
    turns: Semaphore,
    hurry: watch::Sender<bool>,
    metrics: Arc<Metrics>,
}

impl Delivery {
    pub(super) fn new(way: Way, metrics: Arc<Metrics>) -> Self {
        Self { way, turns: Semaphore::new(MAX_AT_ONCE), hurry: watch::Sender::new(false), metrics }
    }

    /// From now on nothing waits for another attempt: it has its last one at once.
    pub(super) fn hurry(&self) {
        self.hurry.send_replace(true);
    }

    /// Sends a mail, or gives it up with an error in the log.
    pub(super) async fn deliver(&self, id: &str, message: &Message) {
        let content = message.formatted();
        let mut hurry = self.hurry.subscribe();
        let mut pauses = PAUSES.into_iter();
        for attempt in 1.. {
            let is_last = *hurry.borrow();
            let Err(SendFailure { why, is_final }) = self.attempt(id, message, &content).await else {
                self.metrics.mail(MailOutcome::Sent);
                return;
            };
            let Some(pause) = pauses.next().filter(|_| !is_final && !is_last) else {
                self.metrics.mail(MailOutcome::GivenUp);
                error!(mail = id, attempt, why, "a mail is given up on");
                return;
            };
            self.metrics.mail(MailOutcome::Delayed);
            warn!(mail = id, attempt, why, seconds = pause.as_secs(), "a mail was not sent, and is tried again");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // The sender lives as long as this.
                _ = hurry.wait_for(|hurry| *hurry) => {}
            }
        }
    }

    /// Attempts to send a mail, once.
    pub(super) async fn attempt(&self, id: &str, message: &Message, content: &[u8]) -> Result<(), SendFailure> {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await;
        match &self.way {
            Way::Server(server) => {
                let sending = server.send_raw(message.envelope(), content);
                let late = || SendFailure { why: "the mail server took too long".to_owned(), is_final: false };
                tokio::time::timeout(ATTEMPT_LIMIT, sending).await.map_err(|_| late())??;
            }
            Way::Folder(files, folder) => {
                let written = files.send_raw(message.envelope(), content).await;
                let name = written.map_err(|error| SendFailure { why: error.to_string(), is_final: false })?;
                info!(mail = id, file = %folder.join(format!("{name}.eml")).display(), "wrote a mail");
            }
        }
        Ok(())
    }
}
