use std::io::Cursor;
use std::sync::Arc;

use ::image::{ExtendedColorType, ImageEncoder, codecs::webp::WebPEncoder, imageops::FilterType};
use chrono::Utc;
use tracing::info;

use super::check::{cues, decoded};
use super::service::{Assets, VARIANT_CONTENT_TYPE, variant_key};
use super::store;
use crate::error::Error;
use crate::id::AssetId;

/// The widths of the variants of a picture, in pixels. It is never made larger.
const WIDTHS: [u32; 4] = [160, 320, 640, 1_280];
/// The longest side of the picture that the placeholder is made from, in pixels: it shows a few blurred colours.
const PLACEHOLDER_SIDE: u32 = 32;
/// How many waves a placeholder has across and down.
const PLACEHOLDER_WAVES: (u32, u32) = (4, 3);

/// A variant of a picture, encoded.
pub(super) struct Variant {
    pub(super) size: (u32, u32),
    pub(super) bytes: Vec<u8>,
}

/// Why nothing was made of a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotMade {
    /// It was taken, and cannot be read all the same: it will never be.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// The graph or the bucket does not answer.
    #[error(transparent)]
    Unavailable(Error),
}

impl<E: Into<Error>> From<E> for NotMade {
    fn from(error: E) -> Self {
        Self::Unavailable(error.into())
    }
}

impl Assets {
    /// Makes the smaller variants of a picture and its placeholder, unless they are there. It may be called again: what is
    /// written is the same, and the graph learns of it last.
    pub(super) async fn make_variants(&self, id: AssetId) -> Result<(), NotMade> {
        let Some(picture) = store::for_variants(&self.graph, id).await? else { return Ok(()) };
        // A decoded picture is large, so one at a time has one. The place is free again when the thread is done.
        let place = Arc::clone(&self.decoders).acquire_owned().await;
        let bytes = self.storage.read_range(&picture.key, 0, picture.bytes).await.map_err(Error::internal)?;
        let content_type = picture.content_type;
        let making = tokio::task::spawn_blocking(move || {
            let made = encoded(&content_type, &bytes);
            drop(place);
            made
        });
        let (variants, placeholder) = making.await.map_err(Error::internal)?.map_err(NotMade::Unreadable)?;
        let key = |variant: &Variant| variant_key(picture.tenant_id, id, variant.size.0.into());
        for variant in &variants {
            self.storage
                .put(&key(variant), VARIANT_CONTENT_TYPE, variant.bytes.clone())
                .await
                .map_err(Error::internal)?;
        }
        if !store::set_variants(&self.graph, id, &variants, &placeholder, Utc::now()).await? {
            // The picture was deleted meanwhile, and nobody knows of them.
            for variant in &variants {
                self.tidy(&key(variant)).await;
            }
            return Ok(());
        }
        info!(asset = %id, variants = variants.len(), "the variants of a picture were made");
        Ok(())
    }

    /// Writes the cues of captions into the graph, where they can be searched, unless they are there.
    pub(super) async fn make_cues(&self, id: AssetId) -> Result<(), NotMade> {
        let Some((key, bytes)) = store::for_cues(&self.graph, id).await? else { return Ok(()) };
        let bytes = self.storage.read_range(&key, 0, bytes).await.map_err(Error::internal)?;
        let cues = cues(&String::from_utf8_lossy(&bytes));
        let cues = cues.map_err(|refusal| NotMade::Unreadable(refusal.message))?;
        Ok(store::set_cues(&self.graph, id, cues, Utc::now()).await?)
    }
}

/// The variants, the smallest first, and the placeholder.
fn encoded(content_type: &str, bytes: &[u8]) -> Result<(Vec<Variant>, String), String> {
    let picture = decoded(content_type, bytes)?;
    let mut variants = Vec::new();
    for width in WIDTHS.into_iter().filter(|width| *width < picture.width()) {
        let height = u64::from(width) * u64::from(picture.height()) / u64::from(picture.width());
        let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
        let small = picture.resize_exact(width, height, FilterType::Triangle).into_rgba8();
        let mut bytes = Vec::new();
        let encoder = WebPEncoder::new_lossless(Cursor::new(&mut bytes));
        let written = encoder.write_image(small.as_raw(), width, height, ExtendedColorType::Rgba8);
        written.map_err(|error| error.to_string())?;
        variants.push(Variant { size: (width, height), bytes });
    }
    let small = picture.thumbnail(PLACEHOLDER_SIDE, PLACEHOLDER_SIDE).into_rgba8();
    let (across, down) = PLACEHOLDER_WAVES;
    let placeholder = blurhash::encode(across, down, small.width(), small.height(), small.as_raw());
    Ok((variants, placeholder.map_err(|error| error.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_gets_the_variants_that_are_smaller_than_it() {
        let mut bytes = Vec::new();
        let picture = ::image::DynamicImage::new_rgb8(700, 350);
        assert!(picture.write_to(&mut Cursor::new(&mut bytes), ::image::ImageFormat::Png).is_ok());
        let (variants, placeholder) = encoded("image/png", &bytes).unwrap_or_default();
        let sizes: Vec<_> = variants.iter().map(|variant| variant.size).collect();
        assert_eq!(sizes, [(160, 80), (320, 160), (640, 320)]);
        assert!(variants.iter().all(|variant| variant.bytes.starts_with(b"RIFF")));
        assert!(placeholder.len() > 6);
        assert!(encoded("image/png", &bytes[..bytes.len() / 2]).is_err());
    }
}
