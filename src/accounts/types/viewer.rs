use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{Address, LegalPerson, User};
use crate::accounts::loaders::present_user;
use crate::auth::PlatformRole;
use crate::error::Result;
use crate::id::UserId;

/// The user who asks: what only they may see of their account.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Viewer {
    #[graphql(skip)]
    pub(crate) id: UserId,
    /// The address that mails go to.
    pub(crate) email: String,
    /// Whether the address has been confirmed.
    pub(crate) email_verified: bool,
    /// What they may do on the platform as a whole.
    pub(crate) roles: Vec<PlatformRole>,
    /// The language they want to be spoken to in, as a BCP 47 tag.
    pub(crate) locale: Option<String>,
    #[graphql(skip)]
    history_visibility: Option<HistoryVisibility>,
    /// Where they get parcels.
    pub(crate) address: Option<Address>,
    /// Who they are before the law, for what is paid out.
    pub(crate) legal_person: Option<LegalPerson>,
    /// The version of the profile; an edit takes it as `expectedVersion`.
    pub(crate) version: i32,
}

/// Who sees what somebody has watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HistoryVisibility {
    /// Nobody else.
    #[default]
    Private,
    /// Those who follow them.
    Followers,
    /// Everybody.
    Public,
}

#[ComplexObject]
impl Viewer {
    /// Who sees what they have watched; nobody else if they have not said.
    async fn history_visibility(&self) -> HistoryVisibility {
        self.history_visibility.unwrap_or_default()
    }

    /// What everybody sees of them.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.id).await
    }
}
