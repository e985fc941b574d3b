//! Where the keys of access tokens are.

use std::path::PathBuf;

use super::StartFailure;
use super::servers::{wants_local_neo4j, wants_local_s3};
use crate::auth::{Keys, PublicKey};
use crate::config::Config;

/// The issuer of the tokens of a platform without a public address (RFC 8141).
const LOCAL_ISSUER: &str = "urn:seeka:local";
/// The file of the data folder that holds the keys of access tokens.
const LOCAL_KEYS_FILE: &str = "signing-keys.pem";

/// The keys that sign access tokens.
///
/// # Errors
/// When none are configured and none can be kept in the data folder.
pub fn keys(config: &Config) -> Result<Keys, StartFailure> {
    let issuer = config.accounts.public_url.as_ref().map_or(LOCAL_ISSUER, |url| url.as_str().trim_end_matches('/'));
    let file = keys_file(config)?;
    match config.accounts.signing_keys_file {
        Some(_) => Ok(Keys::read(&file, issuer)?),
        None => Ok(Keys::read_or_make(&file, issuer)?),
    }
}

/// Puts a fresh key in front of those that sign access tokens; see [`Keys::rotate`].
///
/// # Errors
/// When there is no file of keys that can be written.
pub fn rotate_keys(config: &Config) -> Result<Vec<PublicKey>, StartFailure> {
    let file = keys_file(config)?;
    if config.accounts.signing_keys_file.is_none() {
        // Makes the data folder, too.
        keys(config)?;
    }
    Ok(Keys::rotate(&file)?)
}

/// Where the keys are.
fn keys_file(config: &Config) -> Result<PathBuf, StartFailure> {
    if let Some(file) = &config.accounts.signing_keys_file {
        return Ok(file.clone());
    }
    // Beside servers that others may share, keys of this machine alone would part the replicas.
    if !wants_local_neo4j(config) && !wants_local_s3(config) {
        return Err(StartFailure::NoSigningKeys);
    }
    Ok(config.data.join(LOCAL_KEYS_FILE))
}
