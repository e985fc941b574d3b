use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::TestApp;

/// How long a test waits for a mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail that somebody got.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl TestApp {
    /// The newest mail to an address that leads to a page of the frontend, such as `verify-email`, once there is one.
    pub(crate) async fn mail_to(&self, address: &str, page: &str) -> Letter {
        self.mails_to(address, page, 1).await.pop().unwrap()
    }

    /// The mails to an address that hold this text, oldest first, once there are as many.
    pub(crate) async fn mails_to(&self, address: &str, holding: &str, count: usize) -> Vec<Letter> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let all = self.mails_so_far(address);
            let found: Vec<_> = all.iter().filter(|letter| letter.text.contains(holding)).cloned().collect();
            if found.len() >= count {
                return found;
            }
            assert!(Instant::now() < deadline, "{address} got no {count} mails with {holding:?}, but {all:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All mails to an address that are there already, oldest first.
    pub(crate) fn mails_so_far(&self, address: &str) -> Vec<Letter> {
        Letter::in_folder(&PathBuf::from(self.data()).join("mail"), address)
    }
}

impl Letter {
    /// All mails to an address that are in a folder, oldest first.
    pub(crate) fn in_folder(folder: &Path, address: &str) -> Vec<Self> {
        let files = std::fs::read_dir(folder).into_iter().flatten();
        let texts = files.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
        let mut letters: Vec<_> = texts.filter_map(|text| Letter::read(&text)).collect();
        letters.retain(|letter| letter.to == address);
        letters.sort_by(|one, other| one.id.cmp(&other.id));
        letters
    }

    /// Reads a file; nothing while it is being written.
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let header = |name: &str| {
            let value = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.map(str::to_owned)
        };
        let text = match header("Content-Transfer-Encoding")?.as_str() {
            "7bit" => body.to_owned(),
            "quoted-printable" => unquoted(body),
            other => panic!("a mail in {other}"),
        };
        let text = text.replace("\r\n", "\n");
        // Each mail ends with a line break, so what has none is not complete.
        text.ends_with('\n').then_some(())?;
        Some(Self { id: header("Message-ID")?, to: header("To")?, subject: header("Subject")?, text })
    }

    /// The token in its link.
    pub(crate) fn token(&self) -> &str {
        let rest = self.text.split_once("?token=").unwrap_or_else(|| panic!("no link in {self:?}")).1;
        rest.split_whitespace().next().unwrap()
    }
}

/// The text behind quoted-printable (RFC 2045, section 6.7).
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two hexadecimal digits"));
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}
