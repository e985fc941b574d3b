//! The providers that people sign in with: a file, because there may be any number of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{TypedValueParser, ValueParser};
use serde::Deserialize;
use url::{Host, Url};

use super::Secret;
use super::parsers::{exact_origin, number};

/// The most providers.
const MAX_PROVIDERS: usize = 50;
/// The longest name of a provider, in bytes.
const MAX_NAME_BYTES: usize = 40;

/// Sign-in with other providers.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sign-in with other providers")]
pub struct ProvidersConfig {
    /// A JSON file with the `OpenID` providers that people can sign in with: a list of `{"name", "displayName",
    /// "issuer", "clientId", "clientSecretFile" or "clientSecret", "scopes", "mobileRedirectUris", "mobileClientId"}`.
    #[arg(long = "identity-providers", env = "SEEKA_IDENTITY_PROVIDERS", global = true, value_parser = file())]
    pub identity_providers: Option<IdentityProvidersFile>,
    /// The limit of one request to a provider.
    #[arg(long = "provider-timeout-ms", env = "SEEKA_PROVIDER_TIMEOUT_MS", global = true, default_value = "5000", value_parser = number(100..=60_000))]
    pub provider_timeout_ms: u64,
    /// Origins of pages that a browser may come back to from a provider, separated by commas, beside those of
    /// `SEEKA_FRONTEND_URL` and of the server. Such a page gets the code of a sign-in.
    #[arg(long = "return-origins", env = "SEEKA_RETURN_ORIGINS", global = true, value_delimiter = ',', value_parser = exact_origin())]
    pub return_origins: Vec<String>,
    /// The most sign-ins with a provider that are open at the same time from one address: begun, and neither finished
    /// nor older than ten minutes.
    #[arg(long = "max-open-sign-ins", env = "SEEKA_MAX_OPEN_SIGN_INS", global = true, default_value = "200", value_parser = number(1..=1_000_000))]
    pub max_open_sign_ins: u64,
}

/// The providers of a file.
#[derive(Debug, Clone)]
pub struct IdentityProvidersFile(pub Arc<[ProviderConfig]>);

/// One provider.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Its name in addresses and in the graph.
    pub name: String,
    /// Its name as people know it.
    pub display_name: String,
    /// Its issuer, exactly as it writes it itself.
    pub issuer: String,
    /// What it knows this platform as.
    pub client_id: String,
    /// What this platform shows to it; none for a public client.
    pub client_secret: Option<Secret>,
    /// What is asked for, beside `openid`.
    pub scopes: Vec<String>,
    /// Where apps may have it send people back to.
    pub mobile_redirect_uris: Vec<String>,
    /// What it knows the apps as, where that is something else.
    pub mobile_client_id: Option<String>,
}

impl ProviderConfig {
    /// Whether the issuer, and so everything that is asked of it, is reached by `https`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.issuer.starts_with("https://")
    }
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    name: String,
    display_name: Option<String>,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    mobile_redirect_uris: Vec<String>,
    mobile_client_id: Option<String>,
}

fn file() -> ValueParser {
    ValueParser::from(clap::builder::StringValueParser::new().try_map(|path: String| {
        read(Path::new(&path)).map_err(|problem| format!("a JSON file with a list of identity providers: {problem}"))
    }))
}

fn read(path: &Path) -> Result<IdentityProvidersFile, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("it cannot be read ({error})"))?;
    // The position is told, and not the text, which may be a secret.
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("line {line}, column {column} is not as it should be ({})", kind(&error))
    })?;
    if entries.len() > MAX_PROVIDERS {
        return Err(format!("it may hold at most {MAX_PROVIDERS}"));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let providers = entries.into_iter().map(|entry| entry.checked(folder)).collect::<Result<Vec<_>, _>>()?;
    let mut names = HashSet::new();
    match providers.iter().find(|provider| !names.insert(provider.name.as_str())) {
        Some(twice) => Err(format!("{} is there twice", twice.name)),
        None => Ok(IdentityProvidersFile(providers.into())),
    }
}

/// What is wrong, as far as it tells no value: the library quotes field names and types, and values of wrong types.
fn kind(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let is_about_fields =
        ["unknown field", "missing field", "duplicate field"].iter().any(|start| text.starts_with(start));
    if is_about_fields {
        text.split(" at line").next().unwrap_or_default().to_owned()
    } else {
        "no such JSON".to_owned()
    }
}

impl Entry {
    fn checked(self, folder: &Path) -> Result<ProviderConfig, String> {
        let of = |problem: &str| format!("{problem} of {:?}", self.name);
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.name.is_empty() || self.name.len() > MAX_NAME_BYTES || !self.name.chars().all(is_word) {
            return Err(format!("the name {:?} should be lower-case letters, digits, - and _", self.name));
        }
        if !is_issuer(&self.issuer) {
            return Err(of("the issuer should be an https address without a query (http on this machine only)"));
        }
        if self.client_id.trim().is_empty() {
            return Err(of("there is no clientId"));
        }
        let client_secret = match (self.client_secret.clone(), &self.client_secret_file) {
            (Some(_), Some(_)) => return Err(of("clientSecret and clientSecretFile are both there: it should be one")),
            (None, Some(file)) => {
                let content = std::fs::read_to_string(folder.join(file));
                let secret = content.map_err(|error| of(&format!("the clientSecretFile cannot be read ({error})")))?;
                Some(secret.trim_end_matches(['\r', '\n']).to_owned())
            }
            (secret, None) => secret,
        };
        if client_secret.as_ref().is_some_and(|secret| secret.is_empty() || secret.chars().any(char::is_control)) {
            return Err(of("the client secret should be one line"));
        }
        let scopes = self.scopes.clone().unwrap_or_else(|| vec!["email".to_owned(), "profile".to_owned()]);
        if scopes.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
            return Err(of("each of the scopes should be one word"));
        }
        if let Some(wrong) = self.mobile_redirect_uris.iter().find(|uri| !is_redirect(uri)) {
            return Err(of(&format!("the mobile redirect URI {wrong:?} should be an address without a fragment")));
        }
        Ok(ProviderConfig {
            display_name: self.display_name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| self.name.clone()),
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: client_secret.map(Secret::from),
            scopes: scopes.into_iter().filter(|scope| scope != "openid").collect(),
            mobile_redirect_uris: self.mobile_redirect_uris,
            mobile_client_id: self.mobile_client_id,
        })
    }
}

/// `OpenID` Connect Discovery 1.0, section 3. Without TLS, whoever stands between could be anybody.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let plain = url.query().is_none() && url.fragment().is_none() && super::parsers::names_nobody(&url);
    plain && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

/// RFC 6749, section 3.1.2; an app's own scheme has no host.
fn is_redirect(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.fragment().is_none() && !["javascript", "data"].contains(&url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::read;

    fn problem(text: &str) -> String {
        let file = std::env::temp_dir().join(format!("seeka-providers-{}.json", rand::random::<u64>()));
        let written = std::fs::write(&file, text);
        let problem = read(&file).err().unwrap_or_default();
        let removed = std::fs::remove_file(&file);
        assert!(written.is_ok() && removed.is_ok());
        problem
    }

    #[test]
    fn what_is_wrong_is_told_in_a_line_and_no_secret_with_it() {
        let entry = |name: &str, rest: &str| {
            format!(r#"[{{"name": "{name}", "issuer": "https://id.example.org", "clientId": "seeka"{rest}}}]"#)
        };
        assert_eq!(problem(&entry("example", r#", "clientSecret": "hush""#)), "");
        assert_eq!(problem("[]"), "");
        for (text, part) in [
            (entry("Example One", ""), "lower-case letters"),
            (entry("example", r#", "secret": "hush""#), "unknown field `secret`"),
            (entry("example", r#", "clientSecret": ["hush"]"#), "line 1"),
            (entry("example", r#", "clientSecret": "hush", "clientSecretFile": "x""#), "both there"),
            (entry("example", r#", "clientSecretFile": "/nowhere/hush""#), "cannot be read"),
            (entry("example", r#", "scopes": ["a b"]"#), "one word"),
            (entry("example", r#", "mobileRedirectUris": ["hush"]"#), "mobile redirect URI"),
            (entry("example", "").replace("https://", "http://"), "https"),
            (entry("example", "").replace(".org", ".org?a=b"), "without a query"),
            ("nonsense".to_owned(), "line 1"),
        ] {
            let problem = problem(&text);
            assert!(problem.contains(part) && !problem.contains('\n'), "{text}: {problem}");
            assert!(!problem.contains("hush\"") || part == "mobile redirect URI", "{problem}");
        }
        let twice = entry("example", "").replace("}]", "}, ") + entry("example", "").trim_start_matches('[');
        assert!(problem(&twice).contains("twice"), "{}", problem(&twice));
    }
}
