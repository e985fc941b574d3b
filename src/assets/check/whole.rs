use ::image::ImageFormat;

/// The first bytes of every PNG.
const PNG_HEAD: usize = 8;
/// What a chunk of a PNG has beside its data: length, name and checksum.
const PNG_CHUNK: usize = 12;
/// What stands before the data of a WebP: `RIFF` and the length of all that follows.
const RIFF_HEAD: usize = 8;

/// Whether a picture goes on to its end. Decoders forgive what is missing there, and show it in grey.
pub(super) fn is_whole(format: ImageFormat, bytes: &[u8]) -> bool {
    match format {
        ImageFormat::Png => png(bytes),
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::WebP => webp(bytes),
        _ => false,
    }
}

/// Chunk by chunk, until the one that ends a PNG.
fn png(bytes: &[u8]) -> bool {
    let mut at = PNG_HEAD;
    while let Some([a, b, c, d, name @ ..]) = bytes.get(at..at + 8) {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some(next) = at.checked_add(PNG_CHUNK).and_then(|end| end.checked_add(length)) else { return false };
        if next > bytes.len() {
            return false;
        }
        if name == b"IEND" {
            return true;
        }
        at = next;
    }
    false
}

/// Segment by segment, until the marker that ends a JPEG. Those in the data of a scan are no segments, and one that
/// stands inside a segment belongs to a smaller picture within.
fn jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // In the data of a scan, 0xFF is followed by zero, or by a marker to start again at.
        let Some(skipped) = bytes.get(at..).and_then(|rest| rest.windows(2).position(is_marker)) else { return false };
        at += skipped;
        if bytes.get(at + 1) == Some(&0xd9) {
            return true;
        }
        let Some([high, low]) = bytes.get(at + 2..at + 4) else { return false };
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
}

fn is_marker(pair: &[u8]) -> bool {
    matches!(pair, [0xff, marker] if !matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8 | 0xff))
}

/// By the length that a WebP says that it has.
fn webp(bytes: &[u8]) -> bool {
    let Some([a, b, c, d]) = bytes.get(4..RIFF_HEAD) else { return false };
    let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
    length <= bytes.len().saturating_sub(RIFF_HEAD)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ::image::RgbImage;

    use super::*;

    #[test]
    fn a_picture_that_was_cut_off_anywhere_is_not_whole() {
        let colours = |x: u32, y: u32| ::image::Rgb([x, y, x * y].map(|number| number.to_le_bytes()[0]));
        let picture = RgbImage::from_fn(60, 40, colours);
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let mut bytes = Vec::new();
            assert!(picture.write_to(&mut Cursor::new(&mut bytes), format).is_ok());
            assert!(is_whole(format, &bytes), "{format:?}");
            let more = [&bytes[..], b"\0\0"].concat();
            assert!(is_whole(format, &more), "{format:?}, with something behind it");
            for length in 0..bytes.len() {
                assert!(!is_whole(format, &bytes[..length]), "{format:?}, {length} of {}", bytes.len());
            }
        }
    }
}
