use std::io::Cursor;

use ::image::{DynamicImage, ImageFormat, ImageReader, Limits};

use super::whole::is_whole;
use super::{Found, Refusal};
use crate::mutation::UserErrorCode;

/// The longest side of a picture, in pixels.
const MAX_SIDE: u32 = 12_000;
/// The most pixels of a picture: decoded, they take four bytes each.
const MAX_PIXELS: u64 = 40_000_000;
/// The most memory that decoding a picture takes, in bytes.
const MAX_DECODED_BYTES: u64 = 256 * 1024 * 1024;

/// The format that a media type stands for.
fn format_of(content_type: &str) -> Option<ImageFormat> {
    match content_type {
        "image/png" => Some(ImageFormat::Png),
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Reads the header of a picture and looks for its end, and decodes nothing: a small file can be a very large picture.
pub(super) fn check(content_type: &str, bytes: &[u8]) -> Result<Found, Refusal> {
    let other_type = || Refusal::other_type(content_type);
    let found = ::image::guess_format(bytes).map_err(|_| other_type())?;
    if format_of(content_type) != Some(found) {
        return Err(other_type());
    }
    let unreadable = |error| Refusal::damaged(format!("the picture cannot be read: {error}"));
    let (width, height) = reader(bytes, found).into_dimensions().map_err(unreadable)?;
    if width == 0 || height == 0 {
        return Err(Refusal::damaged("the picture has no size"));
    }
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        let message = format!(
            "the picture is {width} by {height} pixels; at most {MAX_SIDE} on a side and {MAX_PIXELS} in all are taken"
        );
        return Err(Refusal::new(UserErrorCode::DimensionsTooLarge, message));
    }
    if !is_whole(found, bytes) {
        return Err(Refusal::damaged("the picture was cut off: its end is missing"));
    }
    Ok(Found { width: Some(width.into()), height: Some(height.into()), ..Found::default() })
}

/// Decodes a picture that was checked. It takes a while, and must not be done where others wait.
pub(in crate::assets) fn decoded(content_type: &str, bytes: &[u8]) -> Result<DynamicImage, String> {
    check(content_type, bytes).map_err(|refusal| refusal.message)?;
    let format = format_of(content_type).ok_or("no picture")?;
    reader(bytes, format).decode().map_err(|error| error.to_string())
}

fn reader(bytes: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    reader
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = DynamicImage::new_rgb8(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png);
        assert!(written.is_ok());
        bytes
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let picture = png(30, 20);
        let found = check("image/png", &picture).ok().map(|found| (found.width, found.height));
        assert_eq!(found, Some((Some(30), Some(20))));
        let code = |content_type: &str, bytes: &[u8]| check(content_type, bytes).err().map(|refusal| refusal.code);
        assert_eq!(code("image/jpeg", &picture), Some(UserErrorCode::WrongContentType));
        assert_eq!(code("image/png", b"<html><script>1</script>"), Some(UserErrorCode::WrongContentType));
        assert_eq!(code("image/png", &picture[..12]), Some(UserErrorCode::DamagedFile));
        assert_eq!(code("image/png", b""), Some(UserErrorCode::WrongContentType));
    }
}
