//! What happens because of events of tenants.

use futures::FutureExt;

use super::store;
use crate::events::EventType;
use crate::functions::{EventContext, Function, FunctionError};
use crate::mail::{Mail, SendFailure};

/// Tells the owners of a tenant by mail that it was suspended, or is not any more.
pub const STANDING_MAIL: Function =
    Function::new("standing-mail", &[EventType::TenantSuspended, EventType::TenantReinstated], |context| {
        send(context).boxed()
    });

/// Sends a mail to each owner. An owner who got one may get it again when another attempt is made for the others, with the
/// same Message-ID.
async fn send(context: EventContext) -> Result<(), FunctionError> {
    let Some(tenant) = context.event.tenant_id else { return Ok(()) };
    let (mut later, mut never) = (None, None);
    for owner in store::owners(context.graph(), tenant).await? {
        let mail = letter(&context, &owner.name, &owner.slug, owner.email);
        let id = format!("{}.{}", context.event.id, owner.id);
        match context.services.mailer.attempt(&id, mail).await {
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

fn letter(context: &EventContext, name: &str, slug: &str, to: String) -> Mail {
    let at = context.event.at.format("%Y-%m-%d %H:%M");
    if context.event.kind == EventType::TenantReinstated {
        let text = format!(
            "{name} ({slug}) on Seeka is open again since {at} (UTC): its catalogue is there for viewers, and its members can go on.\n"
        );
        return Mail { to, subject: format!("{name} is open again"), text };
    }
    let payload = context.event.payload();
    let reason = payload["reason"].as_str().unwrap_or_default();
    let text = format!(
        "{name} ({slug}) on Seeka was suspended on {at} (UTC): viewers do not see its catalogue, and its members can do nothing in it.\n\nThe reason:\n\n{reason}\n"
    );
    Mail { to, subject: format!("{name} is suspended"), text }
}
