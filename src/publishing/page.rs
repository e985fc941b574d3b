use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};

use super::document::{FieldChange, PageDocument, PageKind};
use super::limits::{TextCount, TextLimits};
use super::queries;
use super::revision::Revision;
use super::store::PageRecord;
use crate::accounts::{self, User};
use crate::error::Result;
use crate::pagination::{Connection, PageArguments, Position};
use crate::scope::{Editor, TenantScope};
use crate::time::Timestamp;

/// How a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PageState {
    /// Viewers do not see it: it was never published, or was taken from them.
    Draft,
    /// Viewers see what its editors see.
    Published,
    /// Viewers see it, and editors have changed it since.
    Changed,
}

/// A franchise, a series or an episode as its editors have it: the draft, and what viewers see.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Page {
    #[graphql(skip)]
    pub(super) record: PageRecord,
    #[graphql(skip)]
    pub(super) scope: TenantScope<Editor>,
    #[graphql(skip)]
    pub(super) limits: TextLimits,
    /// Where it stands in the list that it was found by.
    #[graphql(skip)]
    pub(super) place: Position,
    /// What kind of page it is.
    kind: PageKind,
}

impl Page {
    pub(super) fn new(record: PageRecord, scope: &TenantScope<Editor>, limits: TextLimits) -> Self {
        Self { kind: record.id.kind(), record, scope: scope.clone(), limits, place: Vec::new() }
    }

    /// The page, found at a place of a list.
    pub(super) fn at(self, place: Position) -> Self {
        Self { place, ..self }
    }

    fn current(&self) -> PageDocument {
        self.record.draft.clone().or_else(|| self.record.live.clone()).unwrap_or_default()
    }
}

#[ComplexObject]
impl Page {
    /// Identifies the page; the same id that viewers know it by.
    async fn id(&self) -> ID {
        self.record.id.to_string().into()
    }

    /// Goes up with every change; the `expectedVersion` of the next one.
    async fn version(&self) -> i32 {
        self.record.version
    }

    /// How it stands.
    async fn state(&self) -> PageState {
        match (&self.record.live, &self.record.draft) {
            (None, _) => PageState::Draft,
            (Some(_), None) => PageState::Published,
            (Some(_), Some(_)) => PageState::Changed,
        }
    }

    /// What it says: the draft if there is one, or else what viewers see.
    async fn fields(&self) -> PageDocument {
        self.current()
    }

    /// What viewers see. Null if they see nothing.
    async fn live(&self) -> Option<PageDocument> {
        self.record.live.clone()
    }

    /// What is different in the draft from what viewers see, field by field.
    async fn changes(&self) -> Vec<FieldChange> {
        match &self.record.draft {
            Some(draft) => PageDocument::changes(self.record.live.as_ref(), Some(draft)),
            None => Vec::new(),
        }
    }

    /// How long its descriptions are, and how long they may be.
    async fn text_counts(&self) -> Vec<TextCount> {
        self.limits.counts(&self.current()).into()
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.record.created_at
    }

    /// Since when viewers have seen it. Null if they do not.
    async fn published_at(&self) -> Option<Timestamp> {
        self.record.published_at
    }

    /// When the draft was last changed. Null if there is none.
    async fn changed_at(&self) -> Option<Timestamp> {
        self.record.changed_at
    }

    /// Who changed the draft last.
    async fn changed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        accounts::user(ctx, self.record.changed_by).await
    }

    /// The versions that viewers have seen, the newest first: the one that they see, and the last hundred before it.
    async fn revisions(
        &self,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Revision>> {
        let arguments = PageArguments { first, after, last, before };
        queries::revisions(&self.scope, self.record.id, &arguments).await
    }
}
