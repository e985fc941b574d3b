//! The command line of Seeka.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use seeka::accounts::PlatformRoles;
use seeka::app::{self, App, StartFailure};
use seeka::auth::{PlatformRole, SignedIn, SignedInBy};
use seeka::config::{self, Config};
use seeka::generate::{self, GenerateError, Parameters};
use seeka::health;
use seeka::id::UserId;
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
