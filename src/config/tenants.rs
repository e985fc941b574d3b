use std::net::SocketAddr;

use clap::Args;

use super::parsers::address;

/// Tenants and their domains.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tenants")]
pub struct TenantsConfig {
    /// The name server that is asked for the records that prove who owns a domain; those of the system without it.
    #[arg(long = "dns-server", env = "SEEKA_DNS_SERVER", global = true, value_parser = address())]
    pub dns_server: Option<SocketAddr>,
}
