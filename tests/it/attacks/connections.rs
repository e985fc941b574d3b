//! Clients that are slow, silent or gone.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD: &str = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";

/// How long a slow client takes for a byte.
const PAUSE: Duration = Duration::from_millis(500);

/// How a connection is misused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Misuse {
    /// Nothing is ever sent.
    Idle,
    /// The head of a request comes byte by byte.
    SlowHead,
    /// The body comes byte by byte.
    SlowBody,
    /// Requests are sent, and no answer is read.
    Deaf,
}

/// Misuses a connection for a while, or until the server ends it; says whether it did.
pub(super) async fn misuse(address: String, how: Misuse, time: Duration) -> bool {
    let Ok(mut stream) = TcpStream::connect(&address).await else { return true };
    let start = match how {
        Misuse::Idle | Misuse::SlowHead => String::new(),
        Misuse::SlowBody => format!("{HEAD}1000\r\n\r\n{{"),
        Misuse::Deaf => {
            let query = r#"{"query":"{ __schema { types { name description fields { name description } } } }"}"#;
            format!("{HEAD}{}\r\n\r\n{query}", query.len()).repeat(20)
        }
    };
    let _ = stream.write_all(start.as_bytes()).await;
    let drip = format!("{HEAD}{}", "0".repeat(100_000));
    let until = tokio::time::Instant::now() + time;
    for byte in drip.bytes() {
        if tokio::time::Instant::now() > until {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
        let alive = match how {
            Misuse::SlowHead => stream.write_all(&[byte]).await.is_ok(),
            Misuse::SlowBody => stream.write_all(b" ").await.is_ok(),
            Misuse::Idle | Misuse::Deaf => true,
        };
        // What an ended connection still holds is an answer, and then nothing.
        let ended = !matches!(how, Misuse::Deaf) && is_ended(&mut stream).await;
        if ended || !alive {
            return true;
        }
    }
    false
}

async fn is_ended(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 4_096];
    let read = async { while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {} };
    tokio::time::timeout(Duration::from_millis(1), read).await.is_ok()
}

/// Sends a request and hangs up before the answer.
pub(super) async fn hang_up(address: &str, body: &str, after: Duration) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let request = format!("{HEAD}{}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    tokio::time::sleep(after).await;
}
