use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long a test waits for a mail, or for an attempt to send one.
const PATIENCE: Duration = Duration::from_secs(40);

/// How a mail server treats a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It takes mails.
    Takes,
    /// It asks to come back later.
    Delays,
    /// It knows nobody of this name.
    Refuses,
    /// It never answers.
    Hangs,
}

/// A mail that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) to: String,
    pub(crate) message_id: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

#[derive(Default)]
struct State {
    /// The mailboxes that are treated in another way, by a part of their names; the last that fits counts.
    moods: Mutex<Vec<(String, Mood)>>,
    taken: Mutex<Vec<Taken>>,
    attempts: Mutex<Vec<String>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// A mail server that does what a test tells it to (RFC 5321, as far as it goes). It ends with this value.
pub(crate) struct Smtp {
    state: Arc<State>,
    flag: String,
    _serving: JoinSet<()>,
}

impl Smtp {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::<State>::default();
        let (mut serving, shared) = (JoinSet::new(), Arc::clone(&state));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                connections.spawn(async move { drop(converse(stream, &state).await) });
            }
        });
        Self { state, flag: format!("--smtp-url=smtp://127.0.0.1:{port}"), _serving: serving }
    }

    /// The setting that leads a server here.
    pub(crate) fn flag(&self) -> &str {
        &self.flag
    }

    /// Treats mailboxes whose names hold this text in another way from now on.
    pub(crate) fn treat(&self, mailbox: &str, mood: Mood) {
        self.state.moods.lock().unwrap().push((mailbox.to_owned(), mood));
    }

    /// The mails that were taken for mailboxes whose names hold this text, in their order.
    pub(crate) fn taken(&self, mailbox: &str) -> Vec<Taken> {
        let taken = self.state.taken.lock().unwrap();
        taken.iter().filter(|mail| mail.to.contains(mailbox)).cloned().collect()
    }

    /// The same, once there are as many.
    pub(crate) async fn taken_once(&self, mailbox: &str, count: usize) -> Vec<Taken> {
        self.wait(&format!("{count} mails to {mailbox}"), || {
            Some(self.taken(mailbox)).filter(|taken| taken.len() >= count)
        })
        .await
    }

    /// How often somebody tried to send a mail to a mailbox.
    pub(crate) fn attempts(&self, mailbox: &str) -> usize {
        self.state.attempts.lock().unwrap().iter().filter(|to| to.contains(mailbox)).count()
    }

    /// Waits until somebody has tried that often.
    pub(crate) async fn attempted(&self, mailbox: &str, count: usize) {
        self.wait(&format!("{count} attempts for {mailbox}"), || (self.attempts(mailbox) >= count).then_some(())).await;
    }

    /// The most mails that came at the same time.
    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::Relaxed)
    }

    async fn wait<T>(&self, what: &str, found: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            let attempts = self.state.attempts.lock().unwrap().clone();
            assert!(Instant::now() < deadline, "no {what}: {attempts:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn converse(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.to_uppercase();
        let answer: &[u8] = match command.split(' ').next().unwrap_or_default() {
            "RCPT" => {
                line.trim_start_matches("RCPT TO:<").split('>').next().unwrap_or_default().clone_into(&mut to);
                state.attempts.lock().unwrap().push(to.clone());
                let moods = state.moods.lock().unwrap().clone();
                match moods.iter().rev().find(|(part, _)| to.contains(part)).map_or(Mood::Takes, |(_, mood)| *mood) {
                    Mood::Takes => b"250 fine\r\n",
                    Mood::Delays => b"450 come back later\r\n",
                    Mood::Refuses => b"550 nobody here\r\n",
                    Mood::Hangs => std::future::pending().await,
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let now = state.at_once.fetch_add(1, Ordering::Relaxed) + 1;
                state.most_at_once.fetch_max(now, Ordering::Relaxed);
                let mut message = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    message.push_str(&line);
                    message.push('\n');
                }
                // So that mails that come at the same time meet.
                tokio::time::sleep(Duration::from_millis(30)).await;
                state.at_once.fetch_sub(1, Ordering::Relaxed);
                let header = |name: &str| {
                    let value = message.lines().find_map(|line| line.strip_prefix(name));
                    value.unwrap_or_default().to_owned()
                };
                let (message_id, subject) = (header("Message-ID: "), header("Subject: "));
                let text = message.split_once("\n\n").map(|(_, text)| text.to_owned()).unwrap_or_default();
                state.taken.lock().unwrap().push(Taken { to: to.clone(), message_id, subject, text });
                b"250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 fine\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
