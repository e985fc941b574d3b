use async_graphql::{Context, InputObject, Object};

use super::registration::SignedInUser;
use crate::accounts::deletion::{BackEvents, kept};
use crate::accounts::password::Verdict;
use crate::accounts::session::{NewSession, SessionSettings};
use crate::accounts::{Passwords, email, store};
use crate::attempts::{Act, attempts};
use crate::error::Result;
use crate::events::EventType;
use crate::mail::Mailer;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// Who signs in.
#[derive(InputObject)]
struct LoginInput {
    /// The address of the account.
    email: String,
    /// The password.
    password: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `login`.
    LoginPayload {
        /// The account, signed in.
        signed_in: SignedInUser
    }
}

#[derive(Default)]
pub(super) struct SignIn;

#[Object]
impl SignIn {
    /// Signs in. Whether there is an account with the address is not told.
    async fn login(&self, ctx: &Context<'_>, input: LoginInput) -> Result<LoginPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        LoginPayload::of(login(ctx, input).await, client_mutation_id)
    }
}

async fn login(ctx: &Context<'_>, input: LoginInput) -> Outcome<SignedInUser> {
    let scope = ctx.data_unchecked::<Scope>();
    let (passwords, sessions) = (ctx.data_unchecked::<Passwords>(), ctx.data_unchecked::<SessionSettings>());
    // An address that is none belongs to no account, and is answered in the same way.
    let email = email::normalised("input.email", &input.email).unwrap_or_default();
    attempts(ctx).take(Act::Login, Some(email.as_str()).filter(|email| !email.is_empty()))?;
    let known = store::password_of(scope, &email).await?;
    let verdict = passwords.verify(&input.password, known.as_ref().map(|known| known.hash.as_str())).await?;
    let (Some(known), Verdict::Right | Verdict::RightButOutdated) = (&known, verdict) else {
        let mut event = scope.event(EventType::SignInFailed).by_nobody();
        if let Some(known) = &known {
            event = event.about(known.user);
        }
        store::record(scope, event).await?;
        let message = "the address and the password do not belong together";
        return Err(UserError::general(UserErrorCode::WrongCredentials, message).into());
    };
    // Two statements either way: one has found the password, the other writes down what came of it.
    let rehashed = match verdict {
        Verdict::RightButOutdated => Some(passwords.hash(&input.password).await?),
        _ => None,
    };
    let session = NewSession::begin(scope, sessions)?;
    let event = scope.event(EventType::SignedIn).about(known.user).by(known.user);
    let back = BackEvents::of(scope, known.user);
    let signed_in = store::sign_in(scope, known, &session, rehashed.as_deref(), event, back).await?;
    let signed_in = signed_in.ok_or_else(|| {
        UserError::general(UserErrorCode::WrongCredentials, "the address and the password do not belong together")
    })?;
    attempts(ctx).succeeded(&email);
    if signed_in.kept {
        ctx.data_unchecked::<Mailer>().send_or_log(kept(&email));
    }
    let tokens = session.tokens(scope, sessions, known.user, signed_in.roles)?;
    Ok(SignedInUser { id: known.user, tokens })
}
