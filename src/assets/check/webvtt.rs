//! Captions: `WebVTT` (<https://www.w3.org/TR/webvtt1/>), read strictly, because players are not.

use super::Refusal;
use crate::mutation::UserErrorCode;

/// The most cues of a file.
const MAX_CUES: usize = 20_000;
/// The tags that a cue may have.
const TAGS: [&str; 8] = ["c", "i", "b", "u", "ruby", "rt", "v", "lang"];
/// The settings of a cue, and of a region.
const CUE_SETTINGS: [&str; 6] = ["vertical", "line", "position", "size", "align", "region"];
const REGION_SETTINGS: [&str; 6] = ["id", "width", "lines", "regionanchor", "viewportanchor", "scroll"];

/// What is shown from one moment to another.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::assets) struct Cue {
    pub(in crate::assets) start_ms: u64,
    pub(in crate::assets) end_ms: u64,
    /// Without its tags.
    pub(in crate::assets) text: String,
}

pub(super) fn check(content_type: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::other_type(content_type))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r'])) {
        return Err(Refusal::other_type(content_type));
    }
    cues(text).map(drop)
}

/// The cues of a file, or what is wrong with it, and in which line.
pub(in crate::assets) fn cues(text: &str) -> Result<Vec<Cue>, Refusal> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    if text.contains('\0') {
        return Err(Refusal::damaged("captions are text"));
    }
    if text.to_lowercase().contains("<script") {
        return Err(unsafe_content("captions hold no scripts"));
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut cues = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = (at..lines.len()).find(|line| lines[*line].is_empty()).unwrap_or(lines.len());
        let block = &lines[at..end];
        if !block.is_empty() {
            block_of(at, block, &mut cues)?;
        }
        at = end + 1;
    }
    Ok(cues)
}

/// Reads a block, whose first line is the `at`-th of the file, from zero.
fn block_of(at: usize, block: &[&str], cues: &mut Vec<Cue>) -> Result<(), Refusal> {
    let first = block[0];
    let is = |word: &str| first.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let arrow = block.iter().position(|line| line.contains("-->"));
    match () {
        () if at == 0 => match arrow {
            Some(line) => Err(wrong(line, "an empty line stands before the first cue")),
            None => Ok(()),
        },
        () if arrow.is_none() && is("NOTE") => Ok(()),
        () if arrow.is_none() && first.trim_end() == "STYLE" => early(at, cues).and_then(|()| style(at, &block[1..])),
        () if arrow.is_none() && first.trim_end() == "REGION" => {
            early(at, cues)?;
            let settings =
                (at + 1..).zip(&block[1..]).flat_map(|(n, line)| line.split_whitespace().map(move |it| (n, it)));
            for (line, setting) in settings {
                known(line, setting, &REGION_SETTINGS)?;
            }
            Ok(())
        }
        () => match arrow {
            Some(timing @ 0..=1) => {
                if cues.len() == MAX_CUES {
                    return Err(wrong(at, &format!("there are more than {MAX_CUES} cues")));
                }
                cues.push(cue(at + timing, &block[timing..])?);
                Ok(())
            }
            _ => Err(wrong(at, "a cue begins with a line such as 00:01.000 --> 00:02.500")),
        },
    }
}

fn early(at: usize, cues: &[Cue]) -> Result<(), Refusal> {
    if cues.is_empty() { Ok(()) } else { Err(wrong(at, "styles and regions stand before the first cue")) }
}

/// Style sheets load nothing.
fn style(at: usize, lines: &[&str]) -> Result<(), Refusal> {
    for (n, line) in (at + 1..).zip(lines) {
        let lower = line.to_lowercase();
        // A backslash writes any of these words in another way.
        let bad =
            ["url(", "@import", "expression(", "javascript:", "</", "\\"].iter().find(|bad| lower.contains(**bad));
        if let Some(bad) = bad {
            return Err(unsafe_content(&format!("line {}: a style must not have {bad}", n + 1)));
        }
    }
    Ok(())
}

fn known(line: usize, setting: &str, names: &[&str]) -> Result<(), Refusal> {
    let name = setting.split_once(':').filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
    match name {
        Some(name) if names.contains(&name) => Ok(()),
        _ => Err(wrong(line, "there is no such setting")),
    }
}

fn cue(at: usize, lines: &[&str]) -> Result<Cue, Refusal> {
    let timing = || wrong(at, "a cue begins with a line such as 00:01.000 --> 00:02.500");
    let (start, rest) = lines[0].split_once("-->").ok_or_else(timing)?;
    let mut rest = rest.split_whitespace();
    let start_ms = moment(start.trim()).ok_or_else(timing)?;
    let end_ms = rest.next().and_then(moment).ok_or_else(timing)?;
    if end_ms <= start_ms {
        return Err(wrong(at, "a cue ends after it begins"));
    }
    for setting in rest {
        known(at, setting, &CUE_SETTINGS)?;
    }
    let mut text = Vec::new();
    for (n, line) in (at + 1..).zip(&lines[1..]) {
        if line.contains("-->") {
            return Err(wrong(n, "an empty line stands between cues"));
        }
        text.push(plain(n, line)?);
    }
    Ok(Cue { start_ms, end_ms, text: text.join("\n") })
}

/// A moment in milliseconds: `mm:ss.ttt`, with hours of two digits or more before it where there are any.
fn moment(text: &str) -> Option<u64> {
    let (clock, milliseconds) = text.split_once('.')?;
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u64>().ok()).flatten()
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (number(hours, 2..=6)?, minutes, seconds),
        _ => return None,
    };
    let below_sixty = |text: &str| number(text, 2..=2).filter(|number| *number < 60);
    let (minutes, seconds) = (below_sixty(minutes)?, below_sixty(seconds)?);
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + number(milliseconds, 3..=3)?)
}

/// A line of a cue without its tags, which have to be those of captions.
fn plain(at: usize, line: &str) -> Result<String, Refusal> {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = after.split_once('>').ok_or_else(|| wrong(at, "a tag is not closed; write &lt; for <"))?;
        let name = tag.strip_prefix('/').unwrap_or(tag).split(['.', ' ', '\t']).next().unwrap_or_default();
        let is_close_of_nothing = tag == "/";
        if !TAGS.contains(&name) && moment(tag).is_none() && !is_close_of_nothing {
            return Err(unsafe_content(&format!("line {}: captions have no tag <{}>", at + 1, shortened(name))));
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(20).collect()
}

/// What is wrong in a line, which is counted from zero here and from one in the message.
fn wrong(line: usize, what: &str) -> Refusal {
    Refusal::damaged(format!("line {}: {what}", line + 1))
}

fn unsafe_content(message: &str) -> Refusal {
    Refusal::new(UserErrorCode::UnsafeFile, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "WEBVTT - Captions\nKind: captions\n\nNOTE what\nfollows\n\nSTYLE\n::cue { color: red }\n\n\
        REGION\nid:bottom width:40%\nlines:3\n\none\n00:01.000 --> 00:02.500 align:start line:0\n\
        <v Ada>Hello,</v> <i.loud>world</i>\nand <00:01.500>others\n\n100:00:00.000 --> 100:00:01.000\n\n";

    #[test]
    fn captions_are_read() {
        let read = cues(GOOD).unwrap_or_default();
        let first = Cue { start_ms: 1_000, end_ms: 2_500, text: "Hello, world\nand others".to_owned() };
        assert_eq!(read.first(), Some(&first));
        assert_eq!(read.get(1).map(|cue| cue.start_ms), Some(360_000_000));
        assert!(check("text/vtt", GOOD.replace('\n', "\r\n").as_bytes()).is_ok());
        assert!(check("text/vtt", b"\xef\xbb\xbfWEBVTT").is_ok());
    }

    #[test]
    fn whatever_is_wrong_is_said() {
        use UserErrorCode::{DamagedFile, UnsafeFile, WrongContentType};
        for (text, code) in [
            ("", WrongContentType),
            ("WEBVTTX", WrongContentType),
            ("<html>", WrongContentType),
            ("WEBVTT\n00:01.000 --> 00:02.000\nno empty line", DamagedFile),
            ("WEBVTT\n\n00:02.000 --> 00:01.000\nbackwards", DamagedFile),
            ("WEBVTT\n\n00:61.000 --> 01:99.000\n", DamagedFile),
            ("WEBVTT\n\nwords\nand words", DamagedFile),
            ("WEBVTT\n\n00:01.000 --> 00:02.000 onclick:1\n", DamagedFile),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n<i", DamagedFile),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n<SCRIPT>alert(1)</SCRIPT>", UnsafeFile),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>", UnsafeFile),
            ("WEBVTT\n\nNOTE <script>\n", UnsafeFile),
            ("WEBVTT\n\nSTYLE\n::cue { background: url(http://example.org) }", UnsafeFile),
            ("WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nSTYLE\n::cue {}", DamagedFile),
        ] {
            assert_eq!(check("text/vtt", text.as_bytes()).err().map(|refusal| refusal.code), Some(code), "{text}");
        }
    }
}
