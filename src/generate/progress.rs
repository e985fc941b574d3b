use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tracing::info;

use super::batches::{Batch, Position};

/// How often the progress is told where no line can be redrawn.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// The bar: how far, of how much, for how long and for how much longer.
const TEMPLATE: &str = "{bar:30} {percent:>3} %  {msg}  ({elapsed}, {eta} left)";

/// Shows how far a generation has come: a bar on a terminal, now and then a line elsewhere.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    all: u64,
    rows: u64,
    relationships: u64,
    started: Instant,
    told: Instant,
    phase: &'static str,
}

impl Progress {
    /// `all` rows are to be written, `done` of which are there.
    pub(super) fn new(all: u64, done: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(all).with_position(done);
            // The time that is left is reckoned from what this run does.
            bar.reset_eta();
            bar.enable_steady_tick(Duration::from_millis(200));
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) { bar.with_style(style) } else { bar }
        });
        let now = Instant::now();
        Self { bar, all, rows: done, relationships: 0, started: now, told: now, phase: "" }
    }

    /// Takes into account that a batch, which begins at `from`, has been written.
    pub(super) fn written(&mut self, from: Position, batch: (u32, u64)) {
        let (rows, relationships) = batch;
        self.rows += u64::from(rows);
        self.relationships += relationships;
        let rate = per_second(self.relationships, self.started.elapsed());
        let phase = from.phase.name();
        if let Some(bar) = &self.bar {
            bar.set_position(self.rows);
            bar.set_message(format!("{phase}, {rate} relationships/s"));
        } else if self.phase != phase || self.told.elapsed() >= TELL_EVERY {
            info!(phase, rows = self.rows, of = self.all, relationships_per_second = rate, "generating");
            self.told = Instant::now();
        }
        self.phase = phase;
    }

    /// How long it has taken.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A rate, rounded down.
pub(super) fn per_second(count: u64, elapsed: Duration) -> u64 {
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1_000) / milliseconds
}

/// What is shown of a batch.
impl From<&Batch> for (u32, u64) {
    fn from(batch: &Batch) -> Self {
        (batch.rows, batch.relationships)
    }
}
