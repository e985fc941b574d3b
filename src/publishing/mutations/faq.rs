use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, Object};

use super::create::create;
use super::payload::EditPagePayload;
use super::update::update;
use crate::error::Result;
use crate::id::{FaqEntryId, TenantId};
use crate::mutation::Checked;
use crate::publishing::bounds::MAX_ANSWER;
use crate::publishing::document::{PageId, PageKind};
use crate::publishing::fields::{PageChange, PageInput, number};
use crate::text;

/// The fewest and the most characters of an answer.
const ANSWER: RangeInclusive<usize> = 1..=MAX_ANSWER;

/// A question that many ask.
#[derive(InputObject)]
struct CreateFaqEntryInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// Its name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// The question, in at most 200 characters.
    question: String,
    /// The answer, in at most 5,000 characters.
    answer: String,
    /// Its place among all questions, counted from 1; the first if nothing is said.
    position: Option<i32>,
    /// Comes back in the payload. The same one makes no second question: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// What shall be different about a question. What is left out stays.
#[derive(InputObject)]
struct UpdateFaqEntryInput {
    /// The question.
    id: FaqEntryId,
    /// The version that the change was made for.
    expected_version: i32,
    /// Its name in addresses.
    slug: Option<String>,
    /// The question, in at most 200 characters.
    question: Option<String>,
    /// The answer, in at most 5,000 characters.
    answer: Option<String>,
    /// Its place among all questions, counted from 1.
    position: Option<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct FaqMutations;

#[Object]
impl FaqMutations {
    /// Makes a question with its answer, as a draft that viewers do not see; a tenant has at most 500. For editors, admins and
    /// owners.
    async fn create_faq_entry(&self, ctx: &Context<'_>, input: CreateFaqEntryInput) -> Result<EditPagePayload> {
        let key = input.client_mutation_id.clone();
        let common = PageInput { slug: Some(input.slug), title: Some(input.question), fields: None };
        let own = |checked: &mut Checked, change: &mut PageChange| {
            change.answer = Some(checked.value(text::paragraphs("input.answer", &input.answer, ANSWER)));
            change.position = Some(checked.value(number("input.position", input.position.unwrap_or(1))));
        };
        let made = create(ctx, PageKind::FaqEntry, input.tenant_id, (common, key.clone()), own);
        EditPagePayload::of(Box::pin(made).await, key)
    }

    /// Changes the draft of a question or its answer; viewers see it when it is published. For editors, admins and owners.
    async fn update_faq_entry(&self, ctx: &Context<'_>, input: UpdateFaqEntryInput) -> Result<EditPagePayload> {
        let own = |checked: &mut Checked, change: &mut PageChange| {
            let answer = input.answer.map(|answer| text::paragraphs("input.answer", &answer, ANSWER));
            change.answer = checked.value(answer.transpose());
            change.position = checked.value(input.position.map(|place| number("input.position", place)).transpose());
        };
        let common = PageInput { slug: input.slug, title: input.question, fields: None };
        let wanted = (PageId::FaqEntry(input.id), input.expected_version, common);
        EditPagePayload::of(Box::pin(update(ctx, wanted, own)).await, input.client_mutation_id)
    }
}
