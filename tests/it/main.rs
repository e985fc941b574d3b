//! The integration tests: everything through HTTP, on a real Neo4j and a real S3 endpoint that the
//! first test starts with the code of `cargo run`. Each test has a tenant of its own.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod support;

mod access_tokens;
mod accounts;
mod alone;
mod announcements;
mod assets;
#[cfg(target_os = "linux")]
mod attacks;
mod attempts;
mod audit;
mod audit_trail;
mod cancellation;
mod catalog;
mod command_line;
mod compose;
mod cypher_files;
mod deletion;
mod edge;
mod export;
mod faults;
mod follows;
mod functions;
mod fuzz;
mod generate;
mod home;
mod http;
mod keys;
mod lifecycle;
mod limits;
mod mail;
mod paging;
mod passwords;
mod platform_roles;
mod profiles;
mod providers;
mod publishing;
mod refusals;
mod schema;
mod search;
mod secrets;
mod sessions;
mod statements;
mod telemetry;
mod tenancy;
mod tenants;
mod tickets;
mod transactions;
mod twins;
mod visibility;
