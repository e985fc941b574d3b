use mp4_atom::{Atom, Decode, FourCC, Hdlr, Header, Mehd, Mvhd, Tkhd};

use super::{Failure, Found, Refusal, Source};
use crate::mutation::UserErrorCode;

/// The most boxes at the outermost level. A fragmented file has a few for every second or so.
const MAX_BOXES: usize = 20_000;
/// The largest description of a film (`moov`), in bytes.
const MAX_MOOV_BYTES: u64 = 32 * 1024 * 1024;
/// The longest head of a box, in bytes.
const HEAD_BYTES: u64 = 16;
/// How much is read at a time while boxes are looked for, in bytes: small boxes follow one another.
const WINDOW_BYTES: u64 = 64 * 1024;
/// The longest video, in milliseconds: a day.
const MAX_DURATION_MS: u64 = 24 * 60 * 60 * 1_000;
/// The pictures that browsers and phones play: H.264, H.265, VP9 and AV1.
const VIDEO_CODECS: [&[u8; 4]; 7] = [b"avc1", b"avc3", b"hvc1", b"hev1", b"vp09", b"av01", b"vp08"];

/// Looks for the description of a film, wherever in the file it is, and reads it and no media. Everything that the file
/// says it has must be there.
pub(super) async fn check(content_type: &str, source: &Source) -> Result<Found, Failure> {
    let (mut at, mut moov, mut media) = (0, None, false);
    let mut window = Window { from: 0, bytes: Vec::new() };
    for n in 0..=MAX_BOXES {
        if at >= source.len() {
            break;
        }
        if n == MAX_BOXES {
            return Err(Refusal::damaged(format!("the file has more than {MAX_BOXES} boxes")).into());
        }
        let head = window.head(source, at).await?;
        let mut rest = head;
        let header = Header::decode(&mut rest);
        let header = match header {
            Ok(header) if n > 0 || header.kind == FourCC::new(b"ftyp") => header,
            _ if n == 0 => return Err(Refusal::other_type(content_type).into()),
            _ => return Err(cut_off().into()),
        };
        let head_bytes = length(head.len() - rest.len());
        let left = source.len() - at - head_bytes;
        let bytes = header.size.map_or(left, length);
        if bytes > left {
            return Err(cut_off().into());
        }
        match <[u8; 4]>::from(header.kind) {
            kind if &kind == b"moov" => {
                if bytes > MAX_MOOV_BYTES {
                    return Err(Refusal::damaged("the description of the film is too large").into());
                }
                moov = Some(source.read(at + head_bytes, bytes).await?);
            }
            kind if &kind == b"mdat" => media = true,
            kind if !kind.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == 0xa9) => {
                return Err(Refusal::damaged("the file is no row of boxes").into());
            }
            _ => {}
        }
        at += head_bytes + bytes;
    }
    let moov =
        moov.ok_or_else(|| Refusal::damaged("the description of the film is missing, as in a file that was cut off"))?;
    if !media {
        return Err(Refusal::damaged("there is no film in the file").into());
    }
    Ok(described(&moov)?)
}

/// A piece of the file in which the heads of several boxes may stand.
struct Window {
    from: u64,
    bytes: Vec<u8>,
}

impl Window {
    async fn head(&mut self, source: &Source, at: u64) -> Result<&[u8], Failure> {
        let wanted = HEAD_BYTES.min(source.len() - at);
        if at < self.from || at + wanted > self.from + length(self.bytes.len()) {
            *self = Self { from: at, bytes: source.read(at, WINDOW_BYTES).await? };
        }
        let start = usize::try_from(at - self.from).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(wanted).unwrap_or_default());
        Ok(self.bytes.get(start..end).ok_or_else(cut_off)?)
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn cut_off() -> Refusal {
    Refusal::damaged("the file was cut off")
}

/// The boxes that a box holds. The tables of samples are left alone: they are large, and nobody needs them here.
fn children(mut body: &[u8]) -> Result<Vec<(FourCC, &[u8])>, Refusal> {
    let mut found = Vec::new();
    while body.len() >= 8 {
        let header = Header::decode(&mut body).map_err(|_| cut_off())?;
        let size = header.size.unwrap_or(body.len());
        let (own, rest) = body.split_at_checked(size).ok_or_else(cut_off)?;
        found.push((header.kind, own));
        body = rest;
    }
    Ok(found)
}

fn child<'a>(boxes: &[(FourCC, &'a [u8])], kind: FourCC) -> Option<&'a [u8]> {
    boxes.iter().find(|(found, _)| *found == kind).map(|(_, body)| *body)
}

/// A box that has to be there, decoded.
fn decoded<A: Atom>(boxes: &[(FourCC, &[u8])]) -> Result<A, Refusal> {
    let mut body = child(boxes, A::KIND).ok_or_else(|| missing(A::KIND))?;
    A::decode_body(&mut body).map_err(|error| Refusal::damaged(format!("the box {} is damaged: {error}", A::KIND)))
}

fn missing(kind: FourCC) -> Refusal {
    Refusal::damaged(format!("the box {kind} is missing"))
}

/// The boxes in a box that has to be there.
fn inside<'a>(boxes: &[(FourCC, &'a [u8])], kind: FourCC) -> Result<Vec<(FourCC, &'a [u8])>, Refusal> {
    children(child(boxes, kind).ok_or_else(|| missing(kind))?)
}

fn described(moov: &[u8]) -> Result<Found, Refusal> {
    let boxes = children(moov)?;
    let movie: Mvhd = decoded(&boxes)?;
    // A fragmented file tells its length elsewhere.
    let duration = match inside(&boxes, FourCC::new(b"mvex")).and_then(|extends| decoded::<Mehd>(&extends)) {
        Ok(extends) if movie.duration == 0 => extends.fragment_duration,
        _ => movie.duration,
    };
    let mut found = Found::default();
    for (_, track) in boxes.iter().filter(|(kind, _)| kind.as_ref() == b"trak") {
        let track = children(track)?;
        let media = inside(&track, FourCC::new(b"mdia"))?;
        let handler: Hdlr = decoded(&media)?;
        let codec = || -> Result<[u8; 4], Refusal> {
            let table = inside(&inside(&media, FourCC::new(b"minf"))?, FourCC::new(b"stbl"))?;
            let entries = child(&table, FourCC::new(b"stsd")).ok_or_else(|| missing(FourCC::new(b"stsd")))?;
            // Four bytes of a version, four that count the entries, four of a length, and then the name.
            let name = entries.get(12..16).and_then(|name| <[u8; 4]>::try_from(name).ok());
            name.ok_or_else(cut_off)
        };
        match handler.handler.as_ref() {
            b"vide" if found.video_codec.is_none() => {
                let (head, codec): (Tkhd, _) = (decoded(&track)?, codec()?);
                if !VIDEO_CODECS.contains(&&codec) {
                    let message = format!(
                        "browsers do not play {}; encode the film as H.264, H.265, VP9 or AV1",
                        String::from_utf8_lossy(&codec).escape_debug()
                    );
                    return Err(Refusal::new(UserErrorCode::WrongContentType, message));
                }
                (found.width, found.height) = (Some(head.width.integer().into()), Some(head.height.integer().into()));
                found.video_codec = Some(String::from_utf8_lossy(&codec).into_owned());
            }
            b"soun" if found.audio_codec.is_none() => {
                let name = String::from_utf8_lossy(&codec()?).escape_debug().to_string();
                found.audio_codec = Some(name);
            }
            _ => {}
        }
    }
    if found.video_codec.is_none() {
        return Err(Refusal::damaged("there is no track of pictures in the file"));
    }
    let milliseconds = u128::from(duration) * 1_000 / u128::from(movie.timescale.max(1));
    let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
    if !(1..=MAX_DURATION_MS).contains(&milliseconds) {
        return Err(Refusal::damaged("the film says that it has no length, or more than a day"));
    }
    found.duration_ms = i64::try_from(milliseconds).ok();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/media/pilot.mp4"));

    async fn code(bytes: &[u8]) -> Option<UserErrorCode> {
        match check("video/mp4", &Source::Memory(bytes.to_vec())).await {
            Err(Failure::Refused(refusal)) => Some(refusal.code),
            _ => None,
        }
    }

    #[tokio::test]
    async fn a_film_is_read_wherever_its_description_is_and_refused_wherever_it_is_cut_off() {
        let Ok(found) = check("video/mp4", &Source::Memory(SAMPLE.to_vec())).await else {
            unreachable!("the sample is a film")
        };
        assert!(found.duration_ms.is_some_and(|duration| duration > 0) && found.video_codec.is_some(), "{found:?}");
        for length in (0..SAMPLE.len()).step_by(97) {
            assert!(code(&SAMPLE[..length]).await.is_some(), "{length} bytes were taken for a film");
        }
        assert_eq!(code(b"<html></html>").await, Some(UserErrorCode::WrongContentType));
    }

    #[tokio::test]
    async fn whatever_is_wrong_with_a_film_nobody_panics() {
        let mut state = 1_u32;
        for _ in 0..2_000 {
            let mut broken = SAMPLE.to_vec();
            for _ in 0..8 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = usize::try_from(state >> 8).unwrap_or_default() % broken.len().min(6_000);
                broken[at] = state.to_le_bytes()[3];
            }
            code(&broken).await;
        }
    }
}
