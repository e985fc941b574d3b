use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};

use crate::accounts::handle::Handle;
use crate::accounts::loaders::present_user;
use crate::accounts::session::{NewSession, SessionSettings, Tokens};
use crate::accounts::store::{self, NewAccount, Taken};
use crate::accounts::types::User;
use crate::accounts::{Passwords, email};
use crate::attempts::{Act, attempts};
use crate::auth::Opaque;
use crate::error::Result;
use crate::events::EventType;
use crate::id::UserId;
use crate::mail::{Mail, Mailer};
use crate::mutation::{Checked, Outcome, Refused, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;
use crate::text;

/// The fewest and the most characters of a name that is shown.
pub(crate) const DISPLAY_NAME: std::ops::RangeInclusive<usize> = 1..=50;

/// An account that is wanted.
#[derive(InputObject)]
struct RegisterInput {
    /// The address that mails go to, and that the user signs in with. Nobody else sees it.
    email: String,
    /// The name in addresses and mentions: 3 to 30 letters and digits of one script, and `_` between them.
    handle: String,
    /// The name that is shown; the handle if nothing is said.
    display_name: Option<String>,
    /// At least ten characters, and none of the passwords that everybody has.
    password: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// An account, signed in.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct SignedInUser {
    #[graphql(skip)]
    pub(super) id: UserId,
    /// What the client signs its requests with.
    pub(super) tokens: Tokens,
}

#[ComplexObject]
impl SignedInUser {
    /// The user.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.id).await
    }
}

payload! {
    /// The answer to `register`.
    RegisterPayload {
        /// The new account, signed in.
        signed_in: SignedInUser
    }
}

#[derive(Default)]
pub(super) struct Registration;

#[Object]
impl Registration {
    /// Makes an account and signs in. A mail with a link goes to the address, to confirm it.
    async fn register(&self, ctx: &Context<'_>, input: RegisterInput) -> Result<RegisterPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RegisterPayload::of(register(ctx, input).await, client_mutation_id)
    }
}

async fn register(ctx: &Context<'_>, input: RegisterInput) -> Outcome<SignedInUser> {
    let scope = ctx.data_unchecked::<Scope>();
    let (passwords, sessions) = (ctx.data_unchecked::<Passwords>(), ctx.data_unchecked::<SessionSettings>());
    let mut checked = Checked::default();
    let email = checked.value(email::normalised("input.email", &input.email));
    let handle = checked.value(Handle::parse("input.handle", &input.handle));
    let shown = input.display_name.as_deref().unwrap_or(&handle.text);
    let display_name = checked.value(text::line("input.displayName", shown, DISPLAY_NAME));
    checked.value(passwords.check("input.password", &input.password));
    checked.finish()?;
    attempts(ctx).take(Act::Register, None)?;

    let id = UserId::generate();
    let session = NewSession::begin(scope, sessions)?;
    let verification = Opaque::generate()?;
    let account = NewAccount {
        id,
        email: &email,
        handle: &handle,
        display_name: &display_name,
        password_hash: &passwords.hash(&input.password).await?,
        verification_hash: &verification.hash(),
        session: &session,
        event: scope.event(EventType::AccountRegistered).about(id).by(id),
    };
    if let Err(taken) = store::register(scope, account).await? {
        return Err(Refused::User(already_taken(&taken)));
    }
    attempts(ctx).succeeded(&email);
    let mailer = ctx.data_unchecked::<Mailer>();
    mailer.send(welcome(&email, &verification))?;
    let tokens = session.tokens(scope, sessions, id, Vec::new())?;
    Ok(SignedInUser { id, tokens })
}

fn already_taken(taken: &Taken) -> Vec<UserError> {
    let mut errors = Vec::new();
    if taken.email {
        let message = "there is an account with this address; sign in, or ask for a new password";
        errors.push(UserError::of("input.email", UserErrorCode::Taken, message));
    }
    if taken.handle {
        let message = "this handle, or one that looks like it, is taken";
        errors.push(UserError::of("input.handle", UserErrorCode::Taken, message));
    }
    errors
}

fn welcome(email: &str, verification: &Opaque) -> Mail {
    Mail {
        to: email.to_owned(),
        subject: "Confirm your address".to_owned(),
        text: format!(
            "Welcome to Seeka!\n\nConfirm your address with this token: {}\n\nIf you have not registered, ignore this mail.\n",
            verification.expose()
        ),
    }
}
