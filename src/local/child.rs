//! Programs that end when this process ends, however it ends.

use std::{
    io,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, ChildStdin, Command},
    time::timeout,
};

/// The script that stands between this process and the program; it tells how the tie works.
const SCRIPT: &str = include_str!("child.sh");

/// How long the script lets a program go on after it was asked to end.
const PROGRAM_LIMIT: Duration = Duration::from_secs(20);

/// How long [`TiedChild::end`] waits for the script; longer than the script waits for the program.
const END_LIMIT: Duration = Duration::from_secs(30);

/// A running program that ends when this value is dropped or this process ends.
///
/// It has a process group of its own, so that the Ctrl-C of a terminal reaches only the server, which can
/// then finish its requests while the program still answers.
pub(super) struct TiedChild {
    script: Child,
    leash: ChildStdin,
    group: Option<Pid>,
}

/// Returns a command that runs `program` tied to this process and has its process id written to `id_file`.
///
/// The caller adds arguments, environment and output, and hands it to [`TiedChild::spawn`].
pub(super) fn tied_command(program: &Path, id_file: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(SCRIPT)
        .arg("seeka-child")
        .arg(id_file)
        .arg(PROGRAM_LIMIT.as_secs().to_string())
        .arg(program)
        .stdin(Stdio::piped())
        .process_group(0);
    command
}

impl TiedChild {
    /// Starts a command made by [`tied_command`].
    ///
    /// The command is taken by value, because it holds descriptors of the output until it is dropped.
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        let mut script = command.spawn()?;
        let group = script.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // Waiting for a child closes the input that it still owns, which would end the program.
        let leash = script.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self { script, leash, group })
    }

    /// Waits until the program has ended by itself.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.script.wait().await
    }

    /// Asks the program to end and returns when it has ended, by force if it takes too long.
    pub(super) async fn end(mut self) {
        drop(self.leash);
        if timeout(END_LIMIT, self.script.wait()).await.is_err() {
            kill_group(self.group);
            // After SIGKILL only the kernel is left to be waited for.
            let _ = self.script.wait().await;
        }
    }

    /// Returns what [`kill_group`] needs to end what is left when the script ended before the program.
    pub(super) fn group(&self) -> Option<Pid> {
        self.group
    }
}

/// Kills every process of a group; one that has no processes any more is fine.
pub(super) fn kill_group(group: Option<Pid>) {
    if let Some(group) = group
        && let Err(error) = kill_process_group(group, Signal::KILL)
        && error != rustix::io::Errno::SRCH
    {
        tracing::warn!(%error, "could not kill the process group of a child");
    }
}
