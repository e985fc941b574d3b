//! What happens because of tickets.

use futures::FutureExt;

use super::store::{self, Addressee};
use crate::events::EventType;
use crate::functions::{EventContext, Function, FunctionError};
use crate::mail::{Mail, SendFailure};

/// The most people who get a mail about one ticket.
const MAX_ADDRESSEES: i64 = 50;

/// Tells by mail those who answer that a ticket was opened, and whoever has opened it that it was answered. What was written
/// is not in the mail.
pub const TICKET_MAIL: Function =
    Function::new("ticket-mail", &[EventType::TicketOpened, EventType::TicketAnswered], |context| {
        send(context).boxed()
    });

/// Who got a mail may get it again when another attempt is made for the others, with the same Message-ID.
async fn send(context: EventContext) -> Result<(), FunctionError> {
    let event = &context.event;
    let Some(ticket) = &event.subject_id else { return Ok(()) };
    let is_new = event.kind == EventType::TicketOpened;
    let (mut later, mut never) = (None, None);
    for addressee in store::to_tell(context.graph(), ticket, event.actor_id, is_new, MAX_ADDRESSEES).await? {
        let id = format!("{}.{}", event.id, addressee.id);
        match context.services.mailer.attempt(&id, letter(is_new, ticket, addressee)).await {
            Ok(()) => {}
            // What keeps one mailbox from getting it does not keep the others.
            Err(failure @ SendFailure { is_final: true, .. }) => {
                never = Some(FunctionError::permanent(failure.to_string()));
            }
            Err(failure) => later = Some(FunctionError::retryable(failure.to_string())),
        }
    }
    later.or(never).map_or(Ok(()), Err)
}

fn letter(is_new: bool, ticket: &str, Addressee { email: to, subject, name, .. }: Addressee) -> Mail {
    let desk = name.as_deref().unwrap_or("Seeka");
    let (title, what) = if is_new {
        (format!("A question to {desk}"), format!("Somebody has a question to {desk}"))
    } else {
        (format!("{desk} has answered you"), format!("{desk} has answered your question"))
    };
    Mail { to, subject: title, text: format!("{what}:\n\n{subject}\n\nRead it on Seeka, in ticket {ticket}.\n") }
}
