//! What a process costs, as Linux tells it: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>.

use std::time::Duration;

/// The unit of CPU time in `/proc`, the same on every architecture that people run servers on.
const TICKS_PER_SECOND: u64 = 100;
/// How long a process has to do nothing before its work counts as done.
const SETTLED: Duration = Duration::from_millis(60);

/// A process that is looked at.
#[derive(Clone, Copy)]
pub(super) struct Observed(pub(super) u32);

impl Observed {
    fn read(self, name: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.0)).expect("the server runs")
    }

    /// The CPU time so far, of the user and of the system.
    pub(super) fn cpu(self) -> Duration {
        let stat = self.read("stat");
        // The name of the program may hold blanks; the fields after it do not.
        let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
        let ticks = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
        Duration::from_millis(ticks.sum::<u64>() * 1_000 / TICKS_PER_SECOND)
    }

    /// The CPU time once the process is at rest, or after the patience has ended.
    pub(super) async fn settled_cpu(self, patience: Duration) -> Duration {
        let deadline = tokio::time::Instant::now() + patience;
        let mut before = self.cpu();
        loop {
            tokio::time::sleep(SETTLED).await;
            let now = self.cpu();
            if now == before || tokio::time::Instant::now() > deadline {
                return now;
            }
            before = now;
        }
    }

    /// A line of its status in KiB, as MiB: `VmRSS` is the memory it has, `VmHWM` the most it had.
    pub(super) fn mebibytes(self, line: &str) -> u64 {
        let status = self.read("status");
        let value = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
        let kibibytes = value.and_then(|value| value.split_whitespace().next()?.parse::<u64>().ok());
        kibibytes.expect("a size") / 1_024
    }
}
