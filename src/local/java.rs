//! Finding a Java that can run Neo4j.

use std::{
    collections::HashSet,
    env,
    ffi::OsString,
    fs,
    path::{self, Path, PathBuf},
    time::Duration,
};

use futures::future::join_all;
use tokio::{process::Command, time::timeout};

use super::{Neo4jLine, StartError};

/// How long a Java may take to tell its version.
const VERSION_LIMIT: Duration = Duration::from_secs(20);

/// The oldest Java that runs [`Neo4jLine::Current`].
const OLDEST_FOR_CURRENT: u32 = 21;

/// The oldest Java that runs [`Neo4jLine::LongTerm`].
const OLDEST_FOR_LONG_TERM: u32 = 17;

/// The newest Java that [`Neo4jLine::LongTerm`] is made for; a newer one is taken only where there is no other.
const NEWEST_FOR_LONG_TERM: u32 = 21;

/// The oldest Java that knows the option about `sun.misc.Unsafe`.
const OLDEST_WITH_UNSAFE_OPTION: u32 = 23;

/// The folders in which Linux distributions, macOS and Homebrew keep each Java in a folder of its own.
const SYSTEM_FOLDERS: [&str; 5] =
    ["/usr/lib/jvm", "/usr/java", "/opt/java", "/Library/Java/JavaVirtualMachines", "/opt/homebrew/opt"];

/// Where such a folder of its own has the program.
const PROGRAMS: [&str; 2] = ["bin/java", "Contents/Home/bin/java"];

/// A Java of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Java {
    /// The program, as it was found: a version manager's link may not work under the name of its target.
    pub(super) program: PathBuf,
    /// The first number of its version, with 8 for the old way of counting "1.8".
    pub(super) version: u32,
}

impl Java {
    /// Returns the folder that other programs want to be told as `JAVA_HOME`, if the program lies in one.
    pub(super) fn home(&self) -> Option<PathBuf> {
        let program = self.program.canonicalize().ok()?;
        let home = program.parent()?.parent()?;
        home.join("lib/modules").is_file().then(|| home.to_owned())
    }

    /// Returns the options that keep newer versions from warning about what Neo4j does; older ones refuse them.
    pub(super) fn options(&self) -> &'static [&'static str] {
        if self.version >= OLDEST_WITH_UNSAFE_OPTION { &["--sun-misc-unsafe-memory-access=allow"] } else { &[] }
    }
}

/// The places where programs are looked for.
#[derive(Debug)]
pub(super) struct Places {
    /// The value of `JAVA_HOME`.
    pub(super) java_home: Option<PathBuf>,
    /// The value of `PATH`.
    pub(super) path: OsString,
    /// The folders that hold a folder for each Java.
    pub(super) system_folders: Vec<PathBuf>,
}

impl Places {
    /// Returns the places of this machine.
    pub(super) fn of_this_machine() -> Self {
        Self {
            java_home: env::var_os("JAVA_HOME").map(PathBuf::from),
            path: env::var_os("PATH").unwrap_or_default(),
            system_folders: SYSTEM_FOLDERS.map(PathBuf::from).to_vec(),
        }
    }

    /// Finds a program on the path.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        env::split_paths(&self.path).map(|folder| folder.join(name)).find(|program| program.is_file())
    }

    /// Finds the Java to use and the line of Neo4j that it runs: the newest Java decides, unless the line is given.
    pub(super) async fn java(&self, line: Option<Neo4jLine>) -> Result<(Java, Neo4jLine), StartError> {
        let programs = self.java_programs();
        let versions = join_all(programs.iter().map(|program| version(program))).await;
        let javas: Vec<Java> = programs
            .into_iter()
            .zip(versions)
            .filter_map(|(program, version)| Some(Java { program, version: version? }))
            .collect();
        choose(&javas, line).ok_or_else(|| StartError::NoJava {
            needed: match line {
                Some(Neo4jLine::Current) => "21 or newer",
                Some(Neo4jLine::LongTerm) | None => "17 or newer",
            },
            found: describe(&javas),
        })
    }

    /// Lists the programs that may be a Java, the preferred ones first and each only once.
    fn java_programs(&self) -> Vec<PathBuf> {
        let mut programs: Vec<PathBuf> = Vec::new();
        programs.extend(self.java_home.as_ref().map(|home| home.join("bin/java")));
        programs.extend(self.program("java"));
        for folder in &self.system_folders {
            let mut homes: Vec<PathBuf> =
                fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            homes.sort();
            programs.extend(homes.iter().flat_map(|home| PROGRAMS.map(|program| home.join(program))));
        }
        let mut seen = HashSet::new();
        programs.retain(|program| program.canonicalize().is_ok_and(|target| seen.insert(target)));
        programs.into_iter().filter_map(|program| path::absolute(program).ok()).collect()
    }
}

/// Asks a Java for its version.
async fn version(program: &Path) -> Option<u32> {
    let mut command = Command::new(program);
    command.arg("-version").kill_on_drop(true);
    let output = timeout(VERSION_LIMIT, command.output()).await.ok()?.ok()?;
    parse_version(&String::from_utf8_lossy(&output.stderr))
}

/// Reads the first number of a version out of what `java -version` says.
fn parse_version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("version \"")?;
    let mut numbers = rest.split(|character: char| !character.is_ascii_digit());
    match numbers.next()?.parse().ok()? {
        1 => numbers.next()?.parse().ok(),
        version => Some(version),
    }
}

/// Chooses among the Javas, of which the first wins where several are as good.
fn choose(javas: &[Java], line: Option<Neo4jLine>) -> Option<(Java, Neo4jLine)> {
    let best = |rank: fn(u32) -> Option<(bool, u32)>| {
        let ranked = javas.iter().rev().filter_map(|java| Some((rank(java.version)?, java)));
        ranked.max_by_key(|(rank, _)| *rank).map(|(_, java)| java.clone())
    };
    let for_current = || best(|version| (version >= OLDEST_FOR_CURRENT).then_some((true, version)));
    let for_long_term = || {
        best(|version| {
            let made_for = version <= NEWEST_FOR_LONG_TERM;
            (version >= OLDEST_FOR_LONG_TERM).then_some((made_for, version))
        })
    };
    match line {
        Some(Neo4jLine::Current) => for_current().map(|java| (java, Neo4jLine::Current)),
        Some(Neo4jLine::LongTerm) => for_long_term().map(|java| (java, Neo4jLine::LongTerm)),
        None => for_current()
            .map(|java| (java, Neo4jLine::Current))
            .or_else(|| for_long_term().map(|java| (java, Neo4jLine::LongTerm))),
    }
}

/// Lists what was found, for the message that it does not suffice.
fn describe(javas: &[Java]) -> String {
    if javas.is_empty() {
        return "there is no Java in JAVA_HOME, on PATH or in the system's folders".to_owned();
    }
    let each = javas.iter().map(|java| format!("{} is Java {}", java.program.display(), java.version));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn java(version: u32) -> Java {
        Java { program: format!("/{version}").into(), version }
    }

    fn chosen(versions: &[u32], line: Option<Neo4jLine>) -> Option<(u32, Neo4jLine)> {
        let javas: Vec<Java> = versions.iter().copied().map(java).collect();
        choose(&javas, line).map(|(java, line)| (java.version, line))
    }

    #[test]
    fn versions_of_all_kinds_are_read() {
        assert_eq!(parse_version("openjdk version \"17.0.15\" 2025-04-15\nmore"), Some(17));
        assert_eq!(parse_version("openjdk version \"25\" 2025-09-16"), Some(25));
        assert_eq!(parse_version("java version \"1.8.0_402\""), Some(8));
        assert_eq!(parse_version("openjdk version \"26-ea\" 2026-03-17"), Some(26));
        assert_eq!(parse_version("Picked up JAVA_TOOL_OPTIONS: x\nopenjdk version \"21.0.2\""), Some(21));
        assert_eq!(parse_version("Unable to locate a Java Runtime."), None);
    }

    #[test]
    fn the_newest_java_decides_about_the_line() {
        assert_eq!(chosen(&[17, 25, 21], None), Some((25, Neo4jLine::Current)));
        assert_eq!(chosen(&[8, 17, 20], None), Some((20, Neo4jLine::LongTerm)));
        assert_eq!(chosen(&[8, 11], None), None);
        assert_eq!(chosen(&[], None), None);
    }

    #[test]
    fn a_given_line_decides_about_the_java() {
        assert_eq!(chosen(&[17, 21, 25], Some(Neo4jLine::LongTerm)), Some((21, Neo4jLine::LongTerm)));
        assert_eq!(chosen(&[25], Some(Neo4jLine::LongTerm)), Some((25, Neo4jLine::LongTerm)));
        assert_eq!(chosen(&[17], Some(Neo4jLine::Current)), None);
    }

    #[test]
    fn of_equal_javas_the_first_is_taken() {
        let (first, second) = (java(21), Java { program: "/other".into(), version: 21 });
        let taken = choose(&[first.clone(), second], None).map(|(java, _)| java);
        assert_eq!(taken, Some(first));
    }

    #[tokio::test]
    async fn without_java_three_ways_out_are_told() {
        let nowhere = Places { java_home: None, path: OsString::new(), system_folders: vec!["/nowhere".into()] };
        let message = nowhere.java(None).await.map_err(|error| error.to_string());
        assert!(message.is_err_and(|text| text.contains("docker compose up") && text.contains("NEO4J_URI")));
    }
}
