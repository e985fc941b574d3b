//! Functions on events: what the platform does because something has happened.
//!
//! A [`Function`] has a name, the types of events that it listens to, and a handler; [`registry`] names all of them. The
//! transaction that writes an event marks it for the functions that listen to its type, and an event that nobody listens to
//! costs nothing. The [`Dispatcher`] of a server hands marked events out, which makes a
//! `(:Delivery {eventId, function, lane, seq, attempts, dueAt, leaseId, failedAt, error})` for each function, and works
//! on what is due: at least once, in order for each subject, and under a lease, so that several servers share
//! the work and that of a killed one is taken over. What fails is attempted again after a pause that doubles, and after
//! so many attempts given up; operators see that in `failedFunctions`, and `retryFunction` has it attempted once more. A delivery
//! that is done is deleted. It holds ids and nothing else of a person.
//!
//! A [`Recurring`] is a job that runs every so often, on one server at a time.

mod dispatcher;
mod failure;
mod function;
mod mutations;
mod queries;
mod recurring;
pub mod registry;
mod run;
mod settings;
mod store;
mod types;

pub use dispatcher::Dispatcher;
pub use failure::FunctionError;
pub use function::{Event, EventContext, Function, Services};
pub use mutations::FunctionsMutations;
pub use queries::FunctionsQueries;
pub use recurring::{Job, Recurring, Runner};
pub use settings::FunctionSettings;
