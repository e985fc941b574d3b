mod bulk;
mod create;
mod drafts;
mod faq;
mod home_page;
mod payload;
mod preview;
mod release;
mod reorder;
mod schedule;
mod settings;
mod update;
mod vocabulary;

use async_graphql::MergedObject;

/// What creators do at their desk.
#[derive(MergedObject, Default)]
pub struct PublishingMutations(
    create::CreateMutations,
    update::UpdateMutations,
    reorder::ReorderMutations,
    drafts::DraftMutations,
    preview::PreviewMutations,
    release::ReleaseMutations,
    schedule::ScheduleMutations,
    settings::SettingsMutations,
    vocabulary::VocabularyMutations,
    bulk::BulkMutations,
    home_page::HomePageMutations,
    faq::FaqMutations,
);
