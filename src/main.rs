//! The command line of Seeka.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use seeka::accounts::PlatformRoles;
use seeka::app::{self, App, StartFailure};
use seeka::auth::{PlatformRole, SignedIn, SignedInBy};
use seeka::catalogue_files::MAX_FILE_BYTES;
use seeka::config::{self, Config};
use seeka::generate::{self, GenerateError, Parameters};
use seeka::health;
use seeka::id::UserId;
use seeka::publishing::{CatalogueFormat, CatalogueImport, Catalogues, NotImported};
use seeka::schema;
use seeka::telemetry::{ExportFailure, Telemetry};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The backend of a community for independent series: GraphQL over a Neo4j graph, files in S3.
///
/// With nothing configured, `seeka` starts a local Neo4j and a local S3 server, loads a sample
/// catalogue and answers at port 8000 of this machine.
#[derive(Parser)]
#[command(name = "seeka", version)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server. This is what happens without a command.
    Serve,
    /// Loads the sample catalogue, or brings it up to date, and ends.
    Seed,
    /// Writes a larger graph of invented people, and what they watch and say, and ends. Goes on where it was interrupted.
    Generate(Parameters),
    /// Makes drafts of all pages of a catalogue file, or of none if anything is wrong with it, and ends.
    Import {
        /// The file; the end of its name says what it is: `.csv` or `.json`.
        file: PathBuf,
        /// The slug of the tenant.
        // The server has settings of tenants, too, and clap tells arguments apart by this name.
        #[arg(long = "tenant", id = "import_tenant")]
        tenant: String,
        /// Only says what would come of it.
        #[arg(long)]
        dry_run: bool,
    },
    /// Prints a tenant's catalogue as a file that `import` takes.
    Export {
        /// The slug of the tenant.
        #[arg(long = "tenant", id = "export_tenant")]
        tenant: String,
        /// What the file shall be.
        #[arg(long, value_enum, default_value = "csv")]
        format: CatalogueFormat,
    },
    /// Prints the GraphQL schema.
    Schema,
    /// Prints the effective configuration, secrets masked.
    Config,
    /// Asks the server at `SEEKA_ADDR` whether it runs: exit code 0 or 1, for a container's health check.
    Health,
    /// Lists the keys that sign access tokens, or changes them.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Says who has roles on the platform as a whole, or gives and takes them.
    #[command(subcommand)]
    Role(RoleCommand),
    /// Prints a token for the Authorization header.
    Token {
        /// The user's id; a new one if nothing is said.
        // The settings have a `user`, too, and clap tells arguments apart by this name.
        #[arg(long = "user", id = "token_user")]
        user: Option<UserId>,
        /// A role on the platform; can be given several times.
        #[arg(long)]
        role: Vec<PlatformRole>,
        /// How many hours the token holds.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8760))]
        hours: u32,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Prints the ids of the keys, and which of them signs.
    List,
    /// Makes a fresh key that signs from now on, keeps the one that has signed so far, and drops those before it:
    /// their tokens are refused. Running servers take that up by themselves.
    Rotate,
}

#[derive(Subcommand)]
enum RoleCommand {
    /// Prints the handles of all who have roles, and these roles.
    List,
    /// Gives a role to a user.
    Grant {
        /// The user's handle.
        handle: String,
        /// The role.
        // The token has a `role`, too, and clap tells arguments apart by this name.
        #[arg(id = "granted_role")]
        role: PlatformRole,
    },
    /// Takes a role from a user.
    Revoke {
        /// The user's handle.
        #[arg(id = "former_handle")]
        handle: String,
        /// The role.
        #[arg(id = "revoked_role")]
        role: PlatformRole,
    },
}

/// The exit code of a failure to start, as opposed to 2 for a wrong command line.
const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;
/// The exit code of a process that a second signal ended, as shells write it.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let mut command = Cli::command();
    command.build();
    let matches = match command.clone().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            if let Some(line) = config::explain(&error, &command) {
                eprintln!("{line}");
                return ExitCode::from(WRONG_USAGE);
            }
            error.exit()
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let result = match cli.command {
        Some(Command::Schema) => {
            print!("{}", schema::sdl());
            Ok(())
        }
        Some(Command::Config) => {
            print!("{}", config::describe(&command, &matches));
            Ok(())
        }
        Some(Command::Health) => health::check(cli.config.addr).map_err(Failure::Health),
        Some(Command::Keys(command)) => keys(&cli.config, &command),
        Some(Command::Role(command)) => run(&cli.config, role(&cli.config, &command)),
        Some(Command::Token { user, role, hours }) => token(&cli.config, user, role, hours),
        Some(Command::Seed) => run(&cli.config, app::seed_only(&cli.config)),
        Some(Command::Generate(parameters)) => run(&cli.config, generate(&cli.config, &parameters)),
        Some(Command::Import { file, tenant, dry_run }) => {
            run(&cli.config, import(&cli.config, (&file, &tenant), dry_run))
        }
        Some(Command::Export { tenant, format }) => run(&cli.config, export(&cli.config, &tenant, format)),
        Some(Command::Serve) | None => run(&cli.config, serve(&cli.config)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(FAILED)
        }
    }
}

/// What ends the program, as the line that is shown.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartFailure),
    #[error("SEEKA_ADDR is {address}, where the server cannot listen: {source}")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error("the server stopped: {0}")]
    Serve(std::io::Error),
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error("{0}")]
    Import(String),
    #[error("the server is not healthy: {0}")]
    Health(std::io::Error),
    #[error("the token cannot be made: {0}")]
    Token(seeka::error::Error),
    #[error(transparent)]
    Role(seeka::error::Error),
    #[error("the server cannot start its threads: {0}")]
    Runtime(std::io::Error),
    #[error(transparent)]
    Export(#[from] ExportFailure),
}

fn run<E: Into<Failure>>(config: &Config, work: impl Future<Output = Result<(), E>>) -> Result<(), Failure> {
    let telemetry = Telemetry::start(config)?;
    let result = app::runtime().map_err(Failure::Runtime)?.block_on(work);
    telemetry.stop();
    result.map_err(Into::into)
}

async fn serve(config: &Config) -> Result<(), Failure> {
    // Listening comes first, so that a port in use is known before anything is started.
    let listen = |source| Failure::Listen { address: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Serve)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Serve)?;
    let mut stop = Box::pin(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        // Whoever signals a second time does not want to wait; Neo4j ends with the process.
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(INTERRUPTED);
        });
    });
    // A signal during the start drops what has been started so far, and so stops it.
    let app = tokio::select! {
        app = App::start(config) => app?,
        () = &mut stop => return Ok(()),
    };
    // A standard output that nobody reads any more is no reason to stop.
    let _ = writeln!(std::io::stdout(), "Seeka answers at http://{address}/graphql; GraphiQL is at http://{address}/");
    app.serve(listener, stop).await;
    Ok(())
}

async fn generate(config: &Config, parameters: &Parameters) -> Result<(), Failure> {
    let (local, graph) = Box::pin(app::open_graph(config)).await?;
    let generated = generate::run(&graph, parameters).await;
    // Neo4j is stopped in order even after a failure, so that it need not recover at its next start.
    local.stop().await;
    Ok(generated?)
}

/// How long an import may take as a whole.
const IMPORT_LIMIT: Duration = Duration::from_mins(2);

async fn import(config: &Config, (file, tenant): (&Path, &str), dry_run: bool) -> Result<(), Failure> {
    let failed = |what: &dyn std::fmt::Display| Failure::Import(format!("{}: {what}", file.display()));
    let ending = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let Ok(format) = CatalogueFormat::from_str(ending, false) else {
        return Err(failed(&"the name of a catalogue file ends in .csv or .json"));
    };
    let bytes = read(file).map_err(|error| failed(&error))?;
    let (local, graph) = Box::pin(app::join_graph(config)).await?;
    let importing = async {
        let catalogue = Catalogues::of(&graph.patient(IMPORT_LIMIT), tenant).await?;
        let bar = ProgressBar::new(0);
        let progress = move |done: usize, all: usize| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
            if bar.is_hidden() {
                tracing::info!(done, of = all, "importing");
            }
        };
        catalogue.import(format, bytes, dry_run, progress).await
    };
    let imported = importing.await;
    // As above.
    local.stop().await;
    match imported {
        Ok(CatalogueImport { created, changed, unchanged }) => {
            let done = if dry_run { "would be" } else { "are" };
            println!("{created} pages {done} new, {changed} {done} changed, {unchanged} as they were");
            Ok(())
        }
        Err(NotImported::Refused(problems)) => {
            for error in &problems.errors {
                let column = error.column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
                eprintln!("{}:{}: {column}{}", file.display(), error.line, error.message);
            }
            let count = problems.errors.len() as u64 + problems.more;
            Err(failed(&format!("{count} errors, so nothing was written")))
        }
        Err(NotImported::Failed(error)) => Err(failed(&error)),
    }
}

/// Reads a file, a little more than the largest at the most, which is then refused.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

async fn export(config: &Config, tenant: &str, format: CatalogueFormat) -> Result<(), Failure> {
    let (local, graph) = Box::pin(app::join_graph(config)).await?;
    let exporting = async { Catalogues::of(&graph, tenant).await?.export(format).await };
    let exported = exporting.await;
    // As above.
    local.stop().await;
    let file = exported.map_err(|error: seeka::error::Error| Failure::Import(error.to_string()))?;
    std::io::stdout().write_all(&file).map_err(|error| Failure::Import(format!("it cannot be written: {error}")))
}

fn keys(config: &Config, command: &KeysCommand) -> Result<(), Failure> {
    let (keys, is_fresh) = match command {
        KeysCommand::List => (app::keys(config)?.public(), false),
        KeysCommand::Rotate => (app::rotate_keys(config)?, true),
    };
    for (number, key) in keys.iter().enumerate() {
        let what = match (number, is_fresh) {
            (0, false) => "signs",
            (0, true) => "signs from now on",
            (_, false) => "checks",
            (_, true) => "checks until the next rotation",
        };
        println!("{}  {what}", key.kid);
    }
    Ok(())
}

async fn role(config: &Config, command: &RoleCommand) -> Result<(), Failure> {
    let (local, graph) = Box::pin(app::join_graph(config)).await?;
    let lines = role_lines(&PlatformRoles::of(&graph), command).await;
    // As above.
    local.stop().await;
    for line in lines.map_err(Failure::Role)? {
        println!("{line}");
    }
    Ok(())
}

async fn role_lines(roles: &PlatformRoles, command: &RoleCommand) -> Result<Vec<String>, seeka::error::Error> {
    let line = |handle: &str, roles: &[PlatformRole]| {
        let names = roles.iter().filter_map(|role| Some(role.to_possible_value()?.get_name().to_owned()));
        let names: Vec<_> = names.collect();
        format!("{handle}  {}", if names.is_empty() { "no role".to_owned() } else { names.join(", ") })
    };
    Ok(match command {
        RoleCommand::List => roles.list().await?.iter().map(|(handle, roles)| line(handle, roles)).collect(),
        RoleCommand::Grant { handle, role } => vec![line(handle, &roles.grant(handle, *role).await?)],
        RoleCommand::Revoke { handle, role } => vec![line(handle, &roles.revoke(handle, *role).await?)],
    })
}

fn token(config: &Config, user: Option<UserId>, roles: Vec<PlatformRole>, hours: u32) -> Result<(), Failure> {
    let lifetime = Duration::from_secs(u64::from(hours) * 3_600);
    let user = SignedIn { id: user.unwrap_or_else(UserId::generate), by: SignedInBy::CommandLine, roles };
    let issued = app::keys(config)?.issue(&user, Utc::now(), lifetime).map_err(Failure::Token)?;
    println!("{}", issued.token);
    Ok(())
}
