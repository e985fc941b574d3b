//! What is said of settings: that one is wrong, or what all of them are.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::MASK;

/// Turns a wrong value into one line that names the variable, what it holds and what it should hold.
///
/// `None` for every other kind of error (an unknown flag, a request for help), which the command
/// line explains best itself.
#[must_use]
pub fn explain(error: &clap::Error, command: &Command) -> Option<String> {
    let named = |context| {
        let Some(ContextValue::String(flag)) = error.get(context) else { return None };
        let flag = flag.split_whitespace().next()?.trim_start_matches("--");
        let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag))?;
        Some((argument, argument.get_env()?.to_string_lossy(), flag))
    };
    let (argument, variable, flag) = named(ContextKind::InvalidArg)?;
    match error.kind() {
        ErrorKind::ArgumentConflict => {
            let (_, other, _) = named(ContextKind::PriorArg)?;
            Some(format!("{variable} and {other} are both set, but it should be one of them"))
        }
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            let held = match error.get(ContextKind::InvalidValue) {
                _ if is_secret(argument) => MASK,
                // Whoever writes a password into an address does not want to see it here.
                Some(ContextValue::String(held)) if held.contains('@') => MASK,
                Some(ContextValue::String(held)) => held,
                _ => "",
            };
            let should_be =
                std::error::Error::source(error).map_or("a text that is not empty".to_owned(), ToString::to_string);
            Some(format!("{variable} (--{flag}) is {held:?}, but it should be {should_be}"))
        }
        _ => None,
    }
}

pub(super) fn is_secret(argument: &Arg) -> bool {
    argument.is_hide_env_values_set()
}

/// The effective configuration, a line a setting, in the form of an environment file; secrets are
/// masked, and a comment says where a value comes from.
#[must_use]
pub fn describe(command: &Command, matches: &ArgMatches) -> String {
    let mut lines = String::new();
    for argument in command.get_arguments() {
        let Some(variable) = argument.get_env() else { continue };
        let id = argument.get_id().as_str();
        if matches.try_contains_id(&format!("{id}_file")).unwrap_or_default() {
            lines.extend([&*variable.to_string_lossy(), "=", MASK, "  # ", &*variable.to_string_lossy(), "_FILE\n"]);
            continue;
        }
        let value = match matches.get_raw(id) {
            None => String::new(),
            Some(_) if is_secret(argument) => MASK.to_owned(),
            Some(values) => values.map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(","),
        };
        let source = match matches.value_source(id) {
            Some(ValueSource::CommandLine) => "flag",
            Some(ValueSource::EnvVariable) => "environment",
            Some(_) => "default",
            None => "not set",
        };
        lines.extend([&*variable.to_string_lossy(), "=", &value, "  # ", source, "\n"]);
    }
    lines
}
