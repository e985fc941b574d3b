//! Support: somebody opens a ticket at a tenant, or at those who run the platform, and gets answers.
//!
//! `(:User)-[:HAS_TICKET]->(:Ticket)-[:HAS_MESSAGE]->(:TicketMessage)`; whoever has written a message is at the other end of
//! `WROTE`. A ticket is there for its opener and for the members of its tenant, or for operators where it is the platform's;
//! members answer from the role of an editor on. When the account of the opener is erased, the ticket goes with it. What is
//! written about it in events names no tenant where the opener does it: members of the tenant must not learn from where.

mod functions;
mod loaders;
mod mutations;
mod queries;
mod store;
mod types;

pub use functions::TICKET_MAIL;
pub use loaders::SupportLoaders;
pub use mutations::SupportMutations;
pub use queries::SupportQueries;

pub(crate) use queries::{of_tenant, of_viewer};
pub(crate) use types::{Ticket, TicketState};
