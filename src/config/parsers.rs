//! Parsers of settings. Each says on failure what the value should be, as the end of "… but it should be".

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use clap::ValueEnum;
use clap::builder::{TypedValueParser, ValueParser};
use ipnet::IpNet;
use url::Url;

use super::{Rate, Secret};

fn parser<T: Clone + Send + Sync + 'static>(
    should_be: impl Into<String>,
    parse: impl Fn(&str) -> Option<T> + Clone + Send + Sync + 'static,
) -> ValueParser {
    let should_be = should_be.into();
    ValueParser::from(
        clap::builder::StringValueParser::new()
            .try_map(move |text: String| parse(&text).ok_or_else(|| should_be.clone())),
    )
}

pub(super) fn address() -> ValueParser {
    parser("an address with a port, such as 127.0.0.1:8000", |text| text.parse::<SocketAddr>().ok())
}

pub(super) fn number(range: RangeInclusive<u64>) -> ValueParser {
    let should_be = format!("a whole number from {} to {}", range.start(), range.end());
    parser(should_be, move |text| text.parse::<u64>().ok().filter(|value| range.contains(value)))
}

/// `10/60`: ten times, and one more every 60 seconds; `0`: no limit.
pub(super) fn rate() -> ValueParser {
    parser("times and seconds from 1 to 1000000, such as 10/60, or 0 for no limit", |text| {
        let number = |text: &str| text.parse::<u32>().ok().filter(|value| (1..=1_000_000).contains(value));
        if text == "0" {
            return Some(Rate { times: 0, seconds: 1 });
        }
        let (times, seconds) = text.split_once('/')?;
        Some(Rate { times: number(times)?, seconds: number(seconds)? })
    })
}

pub(super) fn text() -> ValueParser {
    parser("a text without line breaks", |text| {
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
    })
}

pub(super) fn secret(least_bytes: usize) -> ValueParser {
    parser(format!("a secret of at least {least_bytes} bytes"), move |text| {
        (text.len() >= least_bytes).then(|| Secret(text.to_owned()))
    })
}

/// The secret in a file, as Docker and Kubernetes hand them out. An editor's line break at the end is no part of it.
pub(super) fn secret_file(least_bytes: usize) -> ValueParser {
    let should_be = format!("a readable file with a secret of at least {least_bytes} bytes in one line");
    parser(should_be, move |path| secret_line(path).filter(|secret| secret.len() >= least_bytes).map(Secret))
}

fn secret_line(path: &str) -> Option<String> {
    let content = std::fs::read_to_string(path).ok()?;
    let line = content.strip_suffix('\n').unwrap_or(&content);
    let secret = line.strip_suffix('\r').unwrap_or(line);
    (!secret.chars().any(char::is_control)).then(|| secret.to_owned())
}

const SMTP_SHOULD_BE: &str = "an address such as smtps://user:password@mail.example.org or smtp://127.0.0.1:1025";

/// The address of a mail server, in the form that lettre reads; it may hold a password.
pub(super) fn smtp_url() -> ValueParser {
    parser(SMTP_SHOULD_BE, |text| is_smtp_url(text).then(|| Secret(text.to_owned())))
}

pub(super) fn smtp_url_file() -> ValueParser {
    parser(format!("a readable file with one line, {SMTP_SHOULD_BE}"), |path| {
        secret_line(path).filter(|line| is_smtp_url(line)).map(Secret)
    })
}

fn is_smtp_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let tls = match url.query() {
        None => true,
        Some(query) => url.scheme() == "smtp" && ["tls=required", "tls=opportunistic"].contains(&query),
    };
    let named = url.username().is_empty() == url.password().is_none();
    let host = url.host_str().is_some_and(|host| !host.is_empty());
    ["smtp", "smtps"].contains(&url.scheme()) && host && tls && named && url.fragment().is_none()
}

/// A sender of mails: `Name <address>`, or an address alone.
pub(super) fn mailbox() -> ValueParser {
    parser("a sender such as Seeka <no-reply@seeka.example>", |text| {
        text.parse::<lettre::message::Mailbox>().is_ok().then(|| text.to_owned())
    })
}

pub(super) fn choice<T: ValueEnum + Send + Sync + 'static>() -> ValueParser {
    let names = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
    parser(format!("one of {}", names.join(", ")), |text| T::from_str(text, false).ok())
}

pub(super) fn log_filter() -> ValueParser {
    parser("levels by target, such as info,seeka=debug", |text| {
        tracing_subscriber::EnvFilter::try_new(text).is_ok().then(|| text.to_owned())
    })
}

/// The schemes of Neo4j addresses: <https://neo4j.com/docs/bolt/current/>, with encryption (`+s`)
/// or with encryption and no check of the certificate (`+ssc`).
const NEO4J_SCHEMES: [&str; 6] = ["bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"];

pub(super) fn neo4j_uri() -> ValueParser {
    parser("an address such as bolt://127.0.0.1:7687 or neo4j+s://graph.example.org", |text| {
        let url = Url::parse(text).ok()?;
        let host = url.host_str().is_some_and(|host| !host.is_empty());
        (NEO4J_SCHEMES.contains(&url.scheme()) && host && names_nobody(&url)).then(|| text.to_owned())
    })
}

/// Addresses are printed and logged, so none may hold a password: there are variables for that.
pub(super) fn names_nobody(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

pub(super) fn http_url() -> ValueParser {
    parser("an address such as https://s3.example.org", |text| {
        let url = Url::parse(text).ok()?;
        let plain = url.query().is_none() && url.fragment().is_none() && names_nobody(&url);
        (["http", "https"].contains(&url.scheme()) && url.has_host() && plain).then_some(url)
    })
}

/// As browsers write it: <https://www.rfc-editor.org/rfc/rfc6454#section-6.2>.
pub(super) fn origin() -> ValueParser {
    parser("an origin such as https://tv.example.org, or *", |text| {
        (text == "*" || is_origin(text)).then(|| text.to_owned())
    })
}

/// The same, for what not everybody may do.
pub(super) fn exact_origin() -> ValueParser {
    parser("an origin such as https://tv.example.org", |text| is_origin(text).then(|| text.to_owned()))
}

fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.has_host() && url.origin().ascii_serialization() == text)
}

pub(super) fn network() -> ValueParser {
    parser("a network such as 10.0.0.0/8, or an address", |text| {
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    })
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
pub(super) fn bucket() -> ValueParser {
    parser("a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens", |text| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        let usable = (3..=63).contains(&text.len())
            && text.chars().all(allowed)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.ends_with(|c: char| c.is_ascii_alphanumeric());
        usable.then(|| text.to_owned())
    })
}
