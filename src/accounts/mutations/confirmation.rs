use async_graphql::Context;

use crate::accounts::Passwords;
use crate::accounts::password::Verdict;
use crate::accounts::store::{self, OwnPassword};
use crate::attempts::{Act, attempts};
use crate::error::{Error, session_ended};
use crate::events::EventType;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::scope::Scope;

/// The viewer's account, once they have given its password again: a session alone, on a device that somebody left
/// open, is not enough for some acts. `given` may be missing only where the account has no password.
///
/// # Errors
/// `FORBIDDEN` for a token that is no session's; what the user can mend where the password is another one.
pub(in crate::accounts) async fn confirmed_password(
    ctx: &Context<'_>,
    field: &str,
    given: Option<&str>,
) -> Outcome<OwnPassword> {
    let (scope, passwords) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Passwords>());
    let user = scope.viewer().signed_in()?;
    user.session().ok_or(Error::Forbidden("this takes a session; sign in with the account itself"))?;
    if given.is_some() {
        attempts(ctx).take(Act::ConfirmPassword, Some(&user.id.to_string()))?;
    }
    let own = store::own_password(scope).await?.ok_or_else(session_ended)?;
    match (own.hash.as_deref(), given) {
        (None, None) => Ok(own),
        (None, Some(_)) => {
            Err(UserError::of(field, UserErrorCode::NotAllowed, "the account has no password; set one first").into())
        }
        (Some(_), None) => Err(UserError::of(field, UserErrorCode::Blank, "it must not be empty").into()),
        (Some(hash), Some(given)) => {
            if passwords.verify(given, Some(hash)).await? == Verdict::Wrong {
                store::record(scope, scope.event(EventType::PasswordRefused).about(user.id)).await?;
                return Err(UserError::of(field, UserErrorCode::WrongCredentials, "this is not the password").into());
            }
            attempts(ctx).succeeded(&user.id.to_string());
            Ok(own)
        }
    }
}
