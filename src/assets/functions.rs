//! What is made of files because they are there.

use futures::FutureExt;

use super::derived::NotMade;
use super::service::Assets;
use crate::events::EventType;
use crate::functions::{EventContext, Function, FunctionError};
use crate::id::AssetId;

/// Makes the smaller variants of a picture and its placeholder. One at a time, because a decoded picture is large.
pub const ASSET_VARIANTS: Function = Function::new("asset-variants", &[EventType::AssetReady], |context| {
    async move {
        let Some(id) = subject(&context) else { return Ok(()) };
        assets(&context).make_variants(id).await.map_err(FunctionError::from)
    }
    .boxed()
})
.at_once(1);

/// Makes the cues of captions, which can be searched.
pub const ASSET_CUES: Function = Function::new("asset-cues", &[EventType::AssetReady], |context| {
    async move {
        let Some(id) = subject(&context) else { return Ok(()) };
        assets(&context).make_cues(id).await.map_err(FunctionError::from)
    }
    .boxed()
});

/// The file that an event is about.
fn subject(context: &EventContext) -> Option<AssetId> {
    context.event.subject_id.as_deref()?.parse().ok()
}

fn assets(context: &EventContext) -> Assets {
    let services = &context.services;
    Assets::new(context.graph(), services.storage.clone(), &services.config.assets)
}

impl From<NotMade> for FunctionError {
    fn from(failure: NotMade) -> Self {
        match failure {
            NotMade::Unreadable(_) => Self::permanent(failure.to_string()),
            NotMade::Unavailable(error) => error.into(),
        }
    }
}
