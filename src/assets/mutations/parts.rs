use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::{ADDRESS, no_asset, scope_of};
use crate::assets::library::AssetState;
use crate::assets::service::Assets;
use crate::assets::store;
use crate::error::{Error, Result};
use crate::id::AssetId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Editor, Scope};
use crate::time::Timestamp;

/// The most parts whose addresses are given out at a time.
const MAX_NUMBERS: usize = 100;

/// Parts that will be uploaded.
#[derive(InputObject)]
struct SignUploadPartsInput {
    /// The id of the file.
    asset_id: AssetId,
    /// The numbers of the parts, from one; at most 100 at a time.
    numbers: Vec<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Where a part is uploaded to.
#[derive(SimpleObject)]
pub(crate) struct SignedPart {
    /// The number of the part.
    number: i32,
    /// How many bytes it has.
    bytes: i64,
    /// Send the bytes there with `PUT`.
    url: String,
    /// Until when the address works.
    url_expires_at: Timestamp,
}

payload! {
    /// The answer to `signUploadParts`.
    SignUploadPartsPayload {
        /// Where the parts are uploaded to.
        parts: Vec<SignedPart>
    }
}

#[derive(Default)]
pub(super) struct PartMutations;

#[Object]
impl PartMutations {
    /// Gives out the addresses that parts of a file are uploaded to. A part that is uploaded again replaces the one
    /// before. For editors, admins and owners.
    async fn sign_upload_parts(
        &self,
        ctx: &Context<'_>,
        input: SignUploadPartsInput,
    ) -> Result<SignUploadPartsPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        SignUploadPartsPayload::of(Box::pin(sign(ctx, input)).await, client_mutation_id)
    }
}

async fn sign(ctx: &Context<'_>, input: SignUploadPartsInput) -> Outcome<Vec<SignedPart>> {
    let scope = scope_of::<Editor>(ctx.data_unchecked::<Scope>(), input.asset_id).await?;
    let storage = &ctx.data_unchecked::<Assets>().storage;
    let asset = store::by_id(&scope, input.asset_id).await?.ok_or_else(no_asset)?;
    let upload = asset.upload_id.as_deref().filter(|_| asset.state == AssetState::Pending);
    let upload = upload.ok_or_else(|| {
        let message = "this file is not being uploaded in parts";
        UserError::of("input.assetId", UserErrorCode::NotAllowed, message)
    })?;
    if input.numbers.len() > MAX_NUMBERS {
        let message = format!("at most {MAX_NUMBERS} parts at a time");
        return Err(UserError::of("input.numbers", UserErrorCode::TooLong, message).into());
    }
    let mut parts = Vec::new();
    for number in input.numbers {
        let bytes = asset.bytes_of_part(number).ok_or_else(|| {
            let message = format!("the parts go from 1 to {}", asset.part_count().unwrap_or_default());
            UserError::of("input.numbers", UserErrorCode::WrongParts, message)
        })?;
        let now = scope.request().now();
        let signed = storage.signed_part((&asset.key, upload), (number, bytes), now, ADDRESS).await;
        let signed = signed.map_err(Error::internal)?;
        parts.push(SignedPart { number, bytes, url: signed.url, url_expires_at: Timestamp(signed.expires_at) });
    }
    Ok(parts)
}
