//! Fetching the libraries of Neo4j with Maven, once.

use std::{
    collections::VecDeque,
    fs::{self, File, TryLockError},
    io::{self, IsTerminal},
    path::{self, Path, PathBuf},
    process::{self, Stdio},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe,
    time::sleep,
};

use super::{
    Neo4jLine, StartError,
    child::{TiedChild, tied_command},
    data_folder::create_folder,
    file_error,
    java::{Java, Places},
};

/// The goal that copies the libraries; its version is named, so that every machine runs the same one.
const GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/// How many of Maven's error lines are shown; the first tells the cause, the later ones are advice about Maven.
const SHOWN_ERRORS: usize = 1;

/// How many of Maven's last lines are shown if it ended without an error line.
const SHOWN_LINES: usize = 12;

/// How often the movement is told where no line can be redrawn.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// How often to look whether another process has finished fetching.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How the begin of a folder's name tells that it was never completed.
const UNFINISHED: &str = "unfinished-";

/// Returns the folder with the libraries of a line, which is filled first if it is not there.
///
/// Several processes may share `servers`: one fetches, the others wait for it. The folder gets its name when
/// it is complete, so it is never half filled.
pub(super) async fn libraries(
    servers: &Path,
    line: Neo4jLine,
    java: &Java,
    places: &Places,
) -> Result<PathBuf, StartError> {
    // Maven runs in another folder, so the path must not depend on this one.
    let servers = &path::absolute(servers).map_err(file_error("find", servers))?;
    let complete = servers.join(format!("neo4j-{}", line.version()));
    if complete.is_dir() {
        return Ok(complete);
    }
    let maven = places.program("mvn").ok_or(StartError::NoMaven)?;
    create_folder(servers)?;
    let _lock = lock(servers).await?;
    if complete.is_dir() {
        return Ok(complete);
    }
    remove_unfinished(servers)?;
    // A Maven whose server was killed may still be ending; it must not write into the folder of this one.
    let unfinished = servers.join(format!("{UNFINISHED}{}", process::id()));
    create_folder(&unfinished)?;
    tracing::info!(
        "fetching Neo4j {version} once with Maven (org.neo4j:neo4j:{version} and what it needs, about 150 MB from \
         Maven Central or your mirror) into {folder}",
        version = line.version(),
        folder = complete.display(),
    );
    let started = Instant::now();
    if let Err(error) = fetch(&maven, &unfinished, line, java).await {
        remove_unfinished(servers)?;
        return Err(error);
    }
    fs::rename(&unfinished, &complete).map_err(file_error("rename", &unfinished))?;
    tracing::info!("Neo4j {} was fetched in {} s", line.version(), started.elapsed().as_secs());
    Ok(complete)
}

/// Waits until no other process fetches into the folder.
async fn lock(servers: &Path) -> Result<File, StartError> {
    let path = servers.join("lock");
    let file = File::options().append(true).create(true).open(&path).map_err(file_error("open", &path))?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(file_error("lock", &path)(error)),
        }
        if !told {
            tracing::info!("waiting for another process that fetches Neo4j");
            told = true;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Removes what an interrupted fetch left behind.
fn remove_unfinished(servers: &Path) -> Result<(), StartError> {
    for entry in fs::read_dir(servers).map_err(file_error("read", servers))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_dir_all(entry.path()).map_err(file_error("remove", &entry.path()))?;
        }
    }
    Ok(())
}

/// Runs Maven and shows that it moves.
async fn fetch(maven: &Path, folder: &Path, line: Neo4jLine, java: &Java) -> Result<(), StartError> {
    let project = folder.join("pom.xml");
    fs::write(&project, project_file(line)).map_err(file_error("write", &project))?;
    let not_run = |source: io::Error| StartError::Run { program: maven.to_owned(), source };
    let (reader, writer) = io::pipe().map_err(not_run)?;
    let mut command = tied_command(maven, Path::new("/dev/null"));
    command
        .args(["--batch-mode", "-Dstyle.color=never", "-DincludeScope=runtime", GOAL])
        .arg(format!("-DoutputDirectory={}", folder.join("lib").display()))
        .arg("--file")
        .arg(&project)
        .current_dir(folder)
        .stdout(Stdio::from(writer.try_clone().map_err(not_run)?))
        .stderr(Stdio::from(writer));
    if let Some(home) = java.home() {
        command.env("JAVA_HOME", home);
    }
    let mut child = TiedChild::spawn(command).map_err(not_run)?;
    let mut lines = BufReader::new(pipe::Receiver::from_owned_fd(reader.into()).map_err(not_run)?).lines();
    let (mut error_lines, mut last_lines) = (Vec::new(), VecDeque::new());
    let mut movement = Movement::new(line);
    while let Some(text) = lines.next_line().await.map_err(not_run)? {
        movement.read(&text);
        if text.starts_with("[ERROR] ") && error_lines.len() < SHOWN_ERRORS {
            error_lines.push(text);
        } else if !text.contains("Download") && !text.trim().is_empty() {
            last_lines.push_back(text);
            if last_lines.len() > SHOWN_LINES {
                last_lines.pop_front();
            }
        }
    }
    let status = child.wait().await.map_err(not_run)?;
    let jar = folder.join("lib").join(format!("neo4j-{}.jar", line.version()));
    if status.success() && jar.is_file() {
        return Ok(());
    }
    let lines = if error_lines.is_empty() { last_lines.make_contiguous() } else { &mut error_lines };
    Err(StartError::Fetch { version: line.version(), output: lines.join("\n") })
}

/// Returns the project whose only dependency is Neo4j.
fn project_file(line: Neo4jLine) -> String {
    format!(
        r#"<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seeka</groupId>
  <artifactId>neo4j-libraries</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.neo4j</groupId>
      <artifactId>neo4j</artifactId>
      <version>{}</version>
    </dependency>
  </dependencies>
</project>
"#,
        line.version()
    )
}

/// Shows how far Maven is: a redrawn line on a terminal, now and then a new line elsewhere.
struct Movement {
    bar: Option<ProgressBar>,
    told: Instant,
    line: Neo4jLine,
    bytes: f64,
    copied: usize,
}

impl Movement {
    fn new(line: Neo4jLine) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message("asking Maven for Neo4j");
            if let Ok(style) = style { bar.with_style(style) } else { bar }
        });
        Self { bar, told: Instant::now(), line, bytes: 0.0, copied: 0 }
    }

    /// Takes one line of Maven's output into account.
    fn read(&mut self, text: &str) {
        if let Some(bytes) = downloaded_jar(text) {
            self.bytes += bytes;
        } else if text.contains("Copying ") && text.contains(".jar") {
            self.copied += 1;
        } else {
            return;
        }
        let message = format!(
            "Neo4j {}: {:.1} MB downloaded, {} of about {} jars in place",
            self.line.version(),
            self.bytes / 1e6,
            self.copied,
            self.line.jars(),
        );
        if let Some(bar) = &self.bar {
            bar.set_message(message);
        } else if self.told.elapsed() >= TELL_EVERY {
            self.told = Instant::now();
            tracing::info!("{message}");
        }
    }
}

impl Drop for Movement {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Reads how many bytes a line says that a jar had: `Downloaded from name: address.jar (1.2 MB at 3 MB/s)`.
fn downloaded_jar(text: &str) -> Option<f64> {
    let (_, size) = text.split_once("Downloaded from ")?.1.split_once(".jar (")?;
    let mut words = size.split_whitespace();
    let number: f64 = words.next()?.parse().ok()?;
    let unit = match words.next()? {
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => 1.0,
    };
    Some(number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_downloaded_jars_are_read() {
        let line = "[INFO] Downloaded from central: https://host/a/zstd-jni-1.5.6-3.jar (6.7 MB at 76 MB/s)";
        assert!(downloaded_jar(line).is_some_and(|bytes| (bytes - 6.7e6).abs() < 1.0));
        assert_eq!(downloaded_jar("[INFO] Downloaded from central: https://host/a.pom (18 kB at 52 kB/s)"), None);
        assert_eq!(downloaded_jar("[INFO] Copying a.jar to /lib/a.jar"), None);
    }
}
