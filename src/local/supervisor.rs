//! Starting Neo4j again when it ends unexpectedly.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    child::{TiedChild, kill_group},
    neo4j::start_once,
    neo4j_home::Home,
};

/// How many restarts within [`WINDOW`] are made before giving up.
const RESTARTS: usize = 8;

/// The time within which restarts are counted.
const WINDOW: Duration = Duration::from_mins(10);

/// The pause before the first restart; it doubles with each further one within [`WINDOW`].
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause before a restart.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long the end of a Neo4j that was just being started may take when the server stops.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// Watches over Neo4j until it is told to stop, and then stops it.
pub(super) async fn supervise(
    home: Arc<Home>,
    mut child: TiedChild,
    port: u16,
    limit: Duration,
    mut stopped: watch::Receiver<()>,
) {
    let mut restarts = Restarts::default();
    loop {
        let before = home.console.length();
        let ended = tokio::select! {
            _ = stopped.changed() => return child.end().await,
            ended = child.wait() => ended,
        };
        home.forget_process_id();
        let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
        tracing::error!("Neo4j ended unexpectedly ({how}) and is started again. {}", home.console.last_lines(before));
        if home.console.is_locked() {
            // The script ended before the program, so the program has to be ended from here.
            kill_group(child.group());
        }
        let next = tokio::select! {
            _ = stopped.changed() => None,
            next = start_again(&home, port, limit, &mut restarts) => next,
        };
        match next {
            Some(next) => child = next,
            None => break,
        }
    }
    // A start that was cut off has let go of its program, which may need a moment to end.
    if timeout(STOP_LIMIT, home.console.released()).await.is_err() {
        tracing::warn!("Neo4j has not ended yet");
    }
}

/// Starts Neo4j until it answers or too many attempts were made.
async fn start_again(home: &Home, port: u16, limit: Duration, restarts: &mut Restarts) -> Option<TiedChild> {
    loop {
        let Some(pause) = restarts.next(Instant::now()) else {
            tracing::error!(
                "Neo4j ended more than {RESTARTS} times within {} minutes and is not started again; see {} and restart the server",
                WINDOW.as_secs() / 60,
                home.console.path().display(),
            );
            return None;
        };
        sleep(pause).await;
        match start_once(home, port, limit).await {
            Ok(child) => {
                tracing::info!("Neo4j answers again");
                return Some(child);
            }
            Err(error) => tracing::error!("{error}"),
        }
    }
}

/// The restarts of the recent past.
#[derive(Debug, Default)]
struct Restarts {
    times: VecDeque<Instant>,
}

impl Restarts {
    /// Notes a restart and returns the pause before it, or nothing if there were too many.
    fn next(&mut self, now: Instant) -> Option<Duration> {
        while self.times.front().is_some_and(|time| now.duration_since(*time) > WINDOW) {
            self.times.pop_front();
        }
        if self.times.len() >= RESTARTS {
            return None;
        }
        let doublings = u32::try_from(self.times.len()).unwrap_or(u32::MAX);
        self.times.push_back(now);
        Some(FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_it_gives_up() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        let pauses: Vec<_> = std::iter::from_fn(|| restarts.next(now)).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    }

    #[test]
    fn old_restarts_are_forgotten() {
        let (mut restarts, now) = (Restarts::default(), Instant::now());
        while restarts.next(now).is_some() {}
        assert_eq!(restarts.next(now + WINDOW + Duration::from_secs(1)), Some(FIRST_PAUSE));
    }
}
